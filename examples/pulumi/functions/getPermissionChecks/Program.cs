using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // What Ann and Bob may do with the report: ten questions go in one request.
    var report = Ory.GetPermissionChecks.Invoke(new()
    {
        Checks = new[]
        {
            new Ory.Inputs.PermissionToCheckInputArgs
            {
                Namespace = "files",
                Object = "report.pdf",
                Relation = "view",
                SubjectId = "ann",
            },
            new Ory.Inputs.PermissionToCheckInputArgs
            {
                Namespace = "files",
                Object = "report.pdf",
                Relation = "view",
                SubjectId = "bob",
            },
        },
    });

    return new Dictionary<string, object?>
    {
        ["bothMayView"] = report.Apply(getPermissionChecksResult => getPermissionChecksResult.Allowed),
    };
});

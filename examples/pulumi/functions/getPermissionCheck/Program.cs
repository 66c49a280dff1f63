using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Whether Ann may view the report, directly or as a member of a group.
    var annViews = Ory.GetPermissionCheck.Invoke(new()
    {
        Namespace = "files",
        Object = "report.pdf",
        Relation = "view",
        SubjectId = "ann",
    });

    return new Dictionary<string, object?>
    {
        ["annMayView"] = annViews.Apply(getPermissionCheckResult => getPermissionCheckResult.Allowed),
    };
});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Who may view the report, directly or as a member of a group.
    var viewers = Ory.GetPermissionExpand.Invoke(new()
    {
        Namespace = "files",
        Object = "report.pdf",
        Relation = "view",
    });

    return new Dictionary<string, object?>
    {
        ["viewers"] = viewers.Apply(getPermissionExpandResult => getPermissionExpandResult.SubjectIds),
    };
});

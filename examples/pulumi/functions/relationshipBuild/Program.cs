using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var text = Ory.RelationshipBuild.Invoke("files", "report.pdf", "view", new[]
    {
        "groups",
        "staff",
        "member",
    });

    return new Dictionary<string, object?>
    {
        ["staffMayView"] = text,
    };
});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var viewersVar = Ory.GetRelationships.Invoke(new()
    {
        Namespace = "files",
        Object = "report.pdf",
        Relation = "view",
    });

    return new Dictionary<string, object?>
    {
        ["viewers"] = viewersVar.Apply(getRelationshipsResult => getRelationshipsResult.Relationships),
    };
});

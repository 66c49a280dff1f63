using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Who may view the report.
    var viewers = Ory.GetRelationships.Invoke(new()
    {
        Namespace = "files",
        Object = "report.pdf",
        Relation = "view",
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var parts = Ory.RelationshipParse.Invoke("files:report.pdf#view@groups:staff#member");

    return new Dictionary<string, object?>
    {
        ["namespace"] = parts.Apply(relationshipParseResult => relationshipParseResult.Namespace),
    };
});

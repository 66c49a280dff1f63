using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var person = Ory.GetIdentitySchema.Invoke(new()
    {
        Id = "default",
    });

    return new Dictionary<string, object?>
    {
        ["schema"] = person.Apply(getIdentitySchemaResult => getIdentitySchemaResult.Schema),
    };
});

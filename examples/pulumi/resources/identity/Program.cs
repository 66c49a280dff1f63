using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A person; the schema says which traits there are.
    var ann = new Ory.Identity("ann", new()
    {
        SchemaId = "default",
        ExternalId = "customer-4711",
        State = Ory.IdentityStateValue.Active,
        Traits = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["email"] = "ann@example.com",
        }),
        MetadataPublic = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["plan"] = "pro",
        }),
    });

    return new Dictionary<string, object?>
    {
        ["annId"] = ann.Id,
    };
});

using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Who may not sign in any more has no sessions either.
    var ann = new Ory.Identity("ann", new()
    {
        SchemaId = "default",
        State = Ory.IdentityStateValue.Inactive,
        Traits = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["email"] = "revoked@example.com",
        }),
    });

    var revoked = new Ory.IdentityRevokeSessions("revoked", new()
    {
        IdentityId = ann.Id,
        Triggers = new[]
        {
            ann.State,
        },
    });

});

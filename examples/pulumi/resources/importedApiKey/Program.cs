using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A key that a customer has used for years, and goes on to use.
    var old = new Ory.ImportedApiKey("old", new()
    {
        Name = "Acme's old key",
        ActorId = "customer-4711",
        Scopes = new[]
        {
            "orders:read",
        },
        RawKey = "acme-8d1f6c3b5a2e",
        Ttl = "1y",
    });

});

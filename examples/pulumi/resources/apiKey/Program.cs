using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A key for a customer of your API, which another one takes the place of in time.
    var customer = new Ory.ApiKey("customer", new()
    {
        Name = "Acme's integration",
        ActorId = "customer-4711",
        Scopes = new[]
        {
            "orders:read",
            "orders:write",
        },
        Ttl = "90d",
        RenewBefore = "14d",
    });

    return new Dictionary<string, object?>
    {
        ["customerApiKey"] = customer.Secret,
    };
});

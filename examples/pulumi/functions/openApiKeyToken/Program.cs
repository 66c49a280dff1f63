using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // What reads orders in this run can do no more.
    var reports = new Ory.ApiKey("reports", new()
    {
        Name = "Reports",
        ActorId = "reports",
        Scopes = new[]
        {
            "orders:read",
            "orders:write",
        },
        Ttl = "30d",
    });

    var token = Ory.OpenApiKeyToken.Invoke(new()
    {
        Credential = reports.Secret,
        Ttl = "15m",
        Scopes = new[]
        {
            "orders:read",
        },
        Audiences = new[]
        {
            "https://orders.example.com",
        },
    });

    return new Dictionary<string, object?>
    {
        ["ends"] = token.Apply(openApiKeyTokenResult => openApiKeyTokenResult.ExpireTime),
    };
});

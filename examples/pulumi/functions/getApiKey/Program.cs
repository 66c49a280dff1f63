using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var known = new Ory.ApiKey("known", new()
    {
        Name = "Known",
        ActorId = "customer-4712",
        Ttl = "30d",
    });

    var found = Ory.GetApiKey.Invoke(new()
    {
        KeyId = known.KeyId,
    });

    return new Dictionary<string, object?>
    {
        ["ends"] = found.Apply(getApiKeyResult => getApiKeyResult.ExpireTime),
    };
});

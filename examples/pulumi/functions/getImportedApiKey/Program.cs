using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var known = new Ory.ImportedApiKey("known", new()
    {
        Name = "Known, too",
        ActorId = "customer-4712",
        RawKey = "known-5c2d8f1e9a7b",
        Ttl = "30d",
    });

    var found = Ory.GetImportedApiKey.Invoke(new()
    {
        KeyId = known.KeyId,
    });

    return new Dictionary<string, object?>
    {
        ["status"] = found.Apply(getImportedApiKeyResult => getImportedApiKeyResult.Status),
    };
});

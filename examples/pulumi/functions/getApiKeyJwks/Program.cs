using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // For a gateway that checks tokens derived from API keys by itself.
    var keys = Ory.GetApiKeyJwks.Invoke();

    return new Dictionary<string, object?>
    {
        ["keySet"] = keys.Apply(getApiKeyJwksResult => getApiKeyJwksResult.Jwks),
    };
});

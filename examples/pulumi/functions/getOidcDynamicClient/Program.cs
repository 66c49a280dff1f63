using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // By its name, if only one client has it; or by its clientId.
    var wiki = Ory.GetOidcDynamicClient.Invoke(new()
    {
        ClientName = "Wiki",
    });

    return new Dictionary<string, object?>
    {
        ["scope"] = wiki.Apply(getOidcDynamicClientResult => getOidcDynamicClientResult.Scope),
    };
});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var url = Ory.IssuerUrl.Invoke("elegant-swirles-k2f5a8b3c1");

    return new Dictionary<string, object?>
    {
        ["issuer"] = url,
    };
});

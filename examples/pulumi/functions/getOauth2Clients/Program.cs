using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var shopsVar = Ory.GetOauth2Clients.Invoke(new()
    {
        ClientName = "Shop",
    });

    return new Dictionary<string, object?>
    {
        ["shops"] = shopsVar.Apply(getOauth2ClientsResult => getOauth2ClientsResult.Clients),
    };
});

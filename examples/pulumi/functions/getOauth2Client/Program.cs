using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // By its name, if only one client has it; or by its clientId.
    var orderService = Ory.GetOauth2Client.Invoke(new()
    {
        ClientName = "Order service",
    });

    return new Dictionary<string, object?>
    {
        ["scope"] = orderService.Apply(getOauth2ClientResult => getOauth2ClientResult.Scope),
    };
});

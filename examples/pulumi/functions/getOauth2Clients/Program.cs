using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Every client of this name; or of one owner; or all of them.
    var shops = Ory.GetOauth2Clients.Invoke(new()
    {
        ClientName = "Shop",
    });

});

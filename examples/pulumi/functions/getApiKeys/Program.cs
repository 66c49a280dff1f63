using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The keys of a customer that are neither revoked nor expired.
    var active = Ory.GetApiKeys.Invoke(new()
    {
        ActorId = "customer-4711",
        Status = "active",
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // By an id of your own; or by its id.
    var ann = Ory.GetIdentity.Invoke(new()
    {
        ExternalId = "customer-4711",
    });

    return new Dictionary<string, object?>
    {
        ["traits"] = ann.Apply(getIdentityResult => getIdentityResult.Traits),
    };
});

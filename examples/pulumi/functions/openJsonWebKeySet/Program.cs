using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The private keys of a set, for whoever signs with them.
    var sessions = Ory.OpenJsonWebKeySet.Invoke(new()
    {
        SetId = "session-tokens",
    });

    return new Dictionary<string, object?>
    {
        ["publicKeys"] = sessions.Apply(openJsonWebKeySetResult => openJsonWebKeySetResult.PublicKeys),
    };
});

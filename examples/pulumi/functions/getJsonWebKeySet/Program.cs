using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var sessions = Ory.GetJsonWebKeySet.Invoke(new()
    {
        SetId = "session-tokens",
    });

    return new Dictionary<string, object?>
    {
        ["publicKeys"] = sessions.Apply(getJsonWebKeySetResult => getJsonWebKeySetResult.PublicKeys),
    };
});

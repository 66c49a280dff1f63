using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A key that the server makes. A new keyId rotates it: the new key is there before the old one goes.
    var sessions = new Ory.JsonWebKeySet("sessions", new()
    {
        SetId = "session-tokens",
        KeyId = "2026-01",
        Algorithm = "ES256",
        Use = Ory.JsonWebKeySetUse.Sig,
    });

    return new Dictionary<string, object?>
    {
        ["sessionKeys"] = sessions.PublicKeys,
    };
});

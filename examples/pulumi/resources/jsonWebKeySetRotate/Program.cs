using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A new key each quarter; the one before it stays.
    var rotated = new Ory.JsonWebKeySetRotate("rotated", new()
    {
        SetId = "session-tokens",
        Keep = 1,
        Triggers = new[]
        {
            "2026-Q4",
        },
    });

});

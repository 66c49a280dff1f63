using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A key that has leaked.
    var leaked = new Ory.ApiKeyRevoke("leaked", new()
    {
        KeyId = "9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f",
        RevocationReason = "key_compromise",
    });

});

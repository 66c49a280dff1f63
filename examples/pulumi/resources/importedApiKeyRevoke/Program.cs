using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A key that a partner has lost.
    var lost = new Ory.ImportedApiKeyRevoke("lost", new()
    {
        KeyId = "4f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97",
        RevocationReason = "key_compromise",
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var given = Ory.GetApiKeyVerification.Invoke(new()
    {
        Credential = "somebody-s-key",
    });

    return new Dictionary<string, object?>
    {
        ["isGood"] = given.Apply(getApiKeyVerificationResult => getApiKeyVerificationResult.IsValid),
    };
});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Whoever signs in with this address.
    var ann = Ory.GetIdentityByIdentifier.Invoke(new()
    {
        Identifier = "ann@example.com",
    });

    return new Dictionary<string, object?>
    {
        ["annByIdentifier"] = ann.Apply(getIdentityByIdentifierResult => getIdentityByIdentifierResult.Id),
    };
});

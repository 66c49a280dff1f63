using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The one who signs in with this address; or everybody.
    var found = Ory.GetIdentities.Invoke(new()
    {
        CredentialsIdentifier = "ann@example.com",
    });

});

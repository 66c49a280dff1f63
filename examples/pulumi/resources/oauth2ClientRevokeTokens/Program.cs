using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Whoever has a token of the client has to get another one when what the client may do changes.
    var shop = new Ory.Oauth2Client("shop", new()
    {
        ClientName = "Shop",
        GrantTypes = 
        {
            Ory.Oauth2ClientGrantType.ClientCredentials,
        },
        Scope = "orders:read",
    });

    var revoked = new Ory.Oauth2ClientRevokeTokens("revoked", new()
    {
        ClientId = shop.ClientId,
        Triggers = new[]
        {
            shop.Scope,
        },
    });

});

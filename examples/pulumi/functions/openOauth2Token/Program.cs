using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // What runs with it has a token for as long as the run lasts.
    var robot = new Ory.Oauth2Client("robot", new()
    {
        ClientName = "Robot",
        GrantTypes = 
        {
            Ory.Oauth2ClientGrantType.ClientCredentials,
        },
        Scope = "orders:read",
    });

    var token = Ory.OpenOauth2Token.Invoke(new()
    {
        ClientId = robot.ClientId,
        ClientSecret = robot.ClientSecret,
        Scope = "orders:read",
    });

    return new Dictionary<string, object?>
    {
        ["expiresAt"] = token.Apply(openOauth2TokenResult => openOauth2TokenResult.ExpiresAt),
    };
});

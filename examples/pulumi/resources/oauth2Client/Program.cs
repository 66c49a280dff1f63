using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A service that calls others on its own behalf.
    var machine = new Ory.Oauth2Client("machine", new()
    {
        ClientName = "Order service",
        GrantTypes = 
        {
            Ory.Oauth2ClientGrantType.ClientCredentials,
        },
        Scope = "orders:read orders:write",
        Audience = new[]
        {
            "https://orders.example.com",
        },
        ClientCredentialsGrantAccessTokenLifespan = "1h",
    });

    // A web application whose server keeps the secret.
    var web = new Ory.Oauth2Client("web", new()
    {
        ClientName = "Shop",
        GrantTypes = 
        {
            Ory.Oauth2ClientGrantType.AuthorizationCode,
            Ory.Oauth2ClientGrantType.RefreshToken,
        },
        ResponseTypes = new[]
        {
            "code",
        },
        Scope = "openid offline_access profile",
        RedirectUris = new[]
        {
            "https://shop.example.com/callback",
        },
        PostLogoutRedirectUris = new[]
        {
            "https://shop.example.com/goodbye",
        },
        AllowedCorsOrigins = new[]
        {
            "https://shop.example.com",
        },
        Metadata = JsonSerializer.Serialize(new Dictionary<string, object?>
        {
            ["team"] = "shop",
        }),
    });

    // A single-page application: it cannot keep a secret, so it has none.
    var spa = new Ory.Oauth2Client("spa", new()
    {
        ClientName = "Dashboard",
        GrantTypes = 
        {
            Ory.Oauth2ClientGrantType.AuthorizationCode,
            Ory.Oauth2ClientGrantType.RefreshToken,
        },
        ResponseTypes = new[]
        {
            "code",
        },
        Scope = "openid profile",
        RedirectUris = new[]
        {
            "https://dashboard.example.com/callback",
        },
        TokenEndpointAuthMethod = Ory.Oauth2ClientTokenEndpointAuthMethod.None,
    });

    return new Dictionary<string, object?>
    {
        ["clientId"] = machine.ClientId,
        ["clientSecret"] = machine.ClientSecret,
    };
});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A client that registers itself, where dynamic client registration is on.
    var wiki = new Ory.OidcDynamicClient("wiki", new()
    {
        ClientName = "Wiki",
        GrantTypes = 
        {
            Ory.OidcDynamicClientGrantType.AuthorizationCode,
            Ory.OidcDynamicClientGrantType.RefreshToken,
        },
        ResponseTypes = new[]
        {
            "code",
        },
        Scope = "openid offline_access",
        RedirectUris = new[]
        {
            "https://wiki.example.com/callback",
        },
        Contacts = new[]
        {
            "wiki@example.com",
        },
    });

    return new Dictionary<string, object?>
    {
        ["registrationUri"] = wiki.RegistrationClientUri,
        ["registrationToken"] = wiki.RegistrationAccessToken,
    };
});

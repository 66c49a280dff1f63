using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Sign-in with Google, with an identity made of the address that Google has.
    var google = new Ory.SocialProvider("google", new()
    {
        ProviderId = "google",
        ProviderType = Ory.SocialProviderProviderType.Google,
        ClientId = "1234.apps.googleusercontent.com",
        ClientSecret = "what-google-gave",
        Scope = new[]
        {
            "email",
            "profile",
        },
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A project and how it is configured, in one update. What is not set is left as it is.
    var portal = new Ory.Project("portal", new()
    {
        Name = "Portal",
        Environment = Ory.ProjectEnvironment.Dev,
    });

    var portalConfig = new Ory.ProjectConfig("portalConfig", new()
    {
        ProjectId = portal.Id,
        CorsEnabled = true,
        CorsOrigins = new[]
        {
            "https://portal.example.com",
        },
        SelfserviceDefaultBrowserReturnUrl = "https://portal.example.com/",
        AllowedReturnUrls = new[]
        {
            "https://portal.example.com/welcome",
        },
        SelfserviceMethodsPasskeyEnabled = true,
        SelfserviceMethodsPasswordConfigMinPasswordLength = 12,
        SessionLifespan = "720h",
        Oauth2TtlAccessToken = "30m",
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The CNAME record of the host name has to lead to the target.
    var named = new Ory.Project("named", new()
    {
        Name = "Named",
        Environment = Ory.ProjectEnvironment.Stage,
    });

    var auth = new Ory.CustomDomain("auth", new()
    {
        ProjectId = named.Id,
        Hostname = "auth.example.com",
        CookieDomain = "example.com",
        CorsEnabled = true,
        CorsAllowedOrigins = new[]
        {
            "https://app.example.com",
        },
    });

    return new Dictionary<string, object?>
    {
        ["target"] = auth.CnameTarget,
    };
});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var config = new Config();
    var newSecret = config.Get("newSecret") ?? "a-secret-for-the-examples";
    var rotated = new Ory.Oauth2ClientRotateSecret("rotated", new()
    {
        ClientId = "shop",
        ClientSecret = Output.CreateSecret(newSecret),
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // What is in force in a project: in the provider's own, or in that with this id.
    var shop = Ory.GetProject.Invoke(new()
    {
        Name = "Shop",
    });

    var shopConfig = Ory.GetProjectConfig.Invoke(new()
    {
        ProjectId = shop.Apply(getProjectResult => getProjectResult.Id),
    });

    return new Dictionary<string, object?>
    {
        ["returnUrl"] = shopConfig.Apply(getProjectConfigResult => getProjectConfigResult.SelfserviceDefaultBrowserReturnUrl),
    };
});

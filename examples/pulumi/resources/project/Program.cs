using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The shop's project, and one to try changes in.
    var shop = new Ory.Project("shop", new()
    {
        Name = "Shop",
        Environment = Ory.ProjectEnvironment.Prod,
        HomeRegion = Ory.ProjectHomeRegion.EuCentral,
        DeletionProtection = false,
    });

    var staging = new Ory.Project("staging", new()
    {
        Name = "Shop, to try things",
        Environment = Ory.ProjectEnvironment.Dev,
    });

    return new Dictionary<string, object?>
    {
        ["slug"] = shop.Slug,
    };
});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // By its id; by its slug or its name, if only one project has that; or the provider's own.
    var shop = Ory.GetProject.Invoke(new()
    {
        Name = "Shop",
    });

    return new Dictionary<string, object?>
    {
        ["slug"] = shop.Apply(getProjectResult => getProjectResult.Slug),
    };
});

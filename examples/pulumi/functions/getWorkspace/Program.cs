using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // By its id or, if only one workspace has that, its name; or the provider's own.
    var ours = Ory.GetWorkspace.Invoke(new()
    {
        Name = "Our company",
    });

    return new Dictionary<string, object?>
    {
        ["createdAt"] = ours.Apply(getWorkspaceResult => getWorkspaceResult.CreatedAt),
    };
});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The keys of a workspace, for a person who is signed in.
    var mine = Ory.GetWorkspace.Invoke(new()
    {
        Name = "Our company",
    });

    var all = Ory.GetWorkspaceApiKeys.Invoke(new()
    {
        WorkspaceId = mine.Apply(getWorkspaceResult => getWorkspaceResult.Id),
    });

});

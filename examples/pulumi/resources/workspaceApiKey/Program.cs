using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A key of a workspace, by a person who is signed in.
    var mine = Ory.GetWorkspace.Invoke(new()
    {
        Name = "Our company",
    });

    var automation = new Ory.WorkspaceApiKey("automation", new()
    {
        WorkspaceId = mine.Apply(getWorkspaceResult => getWorkspaceResult.Id),
        Name = "Automation",
        ExpiresAt = "2035-01-01T00:00:00Z",
    });

});

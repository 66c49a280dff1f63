using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The workspaces that the key may see.
    var all = Ory.GetWorkspaces.Invoke();

});

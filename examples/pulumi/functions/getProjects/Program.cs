using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Every project that the key may see.
    var all = Ory.GetProjects.Invoke();

});

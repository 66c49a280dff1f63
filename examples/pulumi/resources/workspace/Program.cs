using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // It was made in the Ory Console: import it.
    var ours = new Ory.Workspace("ours", new()
    {
        Name = "Our company",
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var all = Ory.GetImportedApiKeys.Invoke(new()
    {
        Status = "active",
    });

});

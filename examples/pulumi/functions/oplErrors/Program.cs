using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var errors = Ory.OplErrors.Invoke("class User implements Namespace {}");

    return new Dictionary<string, object?>
    {
        ["howMany"] = errors.Length,
    };
});

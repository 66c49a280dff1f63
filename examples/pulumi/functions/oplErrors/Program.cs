using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    var errors = Ory.OplErrors.Invoke("class User implements Namespace {}");

});

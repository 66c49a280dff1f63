using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // What relationships can be in.
    var all = Ory.GetRelationshipNamespaces.Invoke();

});

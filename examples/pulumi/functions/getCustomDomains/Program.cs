using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The custom domains of a project.
    var partners = Ory.GetProject.Invoke(new()
    {
        Name = "Partners",
    });

    var all = Ory.GetCustomDomains.Invoke(new()
    {
        ProjectId = partners.Apply(getProjectResult => getProjectResult.Id),
    });

});

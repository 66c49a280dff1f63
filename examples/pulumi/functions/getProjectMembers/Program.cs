using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // Who may get into a project.
    var partners = Ory.GetProject.Invoke(new()
    {
        Name = "Partners",
    });

    var all = Ory.GetProjectMembers.Invoke(new()
    {
        ProjectId = partners.Apply(getProjectResult => getProjectResult.Id),
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The keys of a project, by their last characters.
    var partners = Ory.GetProject.Invoke(new()
    {
        Name = "Partners",
    });

    var all = Ory.GetProjectApiKeys.Invoke(new()
    {
        ProjectId = partners.Apply(getProjectResult => getProjectResult.Id),
    });

});

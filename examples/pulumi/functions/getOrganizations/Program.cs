using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The organization that the people of a domain belong to.
    var partners = Ory.GetProject.Invoke(new()
    {
        Name = "Partners",
    });

    var all = Ory.GetOrganizations.Invoke(new()
    {
        ProjectId = partners.Apply(getProjectResult => getProjectResult.Id),
        Domain = "acme.example",
    });

});

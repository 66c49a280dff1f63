using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // By its id; or by its label, if only one organization of the project has that.
    var partners = Ory.GetProject.Invoke(new()
    {
        Name = "Partners",
    });

    var acme = Ory.GetOrganization.Invoke(new()
    {
        ProjectId = partners.Apply(getProjectResult => getProjectResult.Id),
        Label = "Acme",
    });

    return new Dictionary<string, object?>
    {
        ["domains"] = acme.Apply(getOrganizationResult => getOrganizationResult.Domains),
    };
});

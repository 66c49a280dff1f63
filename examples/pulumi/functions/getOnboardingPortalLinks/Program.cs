using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The links of one customer. They are secret.
    var partners = Ory.GetProject.Invoke(new()
    {
        Name = "Partners",
    });

    var acme = Ory.GetOrganization.Invoke(new()
    {
        ProjectId = partners.Apply(getProjectResult => getProjectResult.Id),
        Label = "Acme",
    });

    var all = Ory.GetOnboardingPortalLinks.Invoke(new()
    {
        ProjectId = partners.Apply(getProjectResult => getProjectResult.Id),
        OrganizationId = acme.Apply(getOrganizationResult => getOrganizationResult.Id),
    });

});

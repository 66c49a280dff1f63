using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A customer, and the link with which they set up their own sign-in.
    var customers = new Ory.Project("customers", new()
    {
        Name = "Customers",
        Environment = Ory.ProjectEnvironment.Stage,
    });

    var globex = new Ory.Organization("globex", new()
    {
        ProjectId = customers.Id,
        Label = "Globex",
    });

    var globexLink = new Ory.OnboardingPortalLink("globexLink", new()
    {
        ProjectId = customers.Id,
        OrganizationId = globex.Id,
        EnableSso = true,
        EnableScim = false,
    });

    return new Dictionary<string, object?>
    {
        ["link"] = globexLink.Url,
    };
});

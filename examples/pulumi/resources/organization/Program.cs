using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A project, and the people of a customer in it.
    var partners = new Ory.Project("partners", new()
    {
        Name = "Partners",
        Environment = Ory.ProjectEnvironment.Stage,
    });

    var acme = new Ory.Organization("acme", new()
    {
        ProjectId = partners.Id,
        Label = "Acme",
        Domains = new[]
        {
            "acme.example",
            "acme.test",
        },
        SessionLifespan = "12h",
    });

});

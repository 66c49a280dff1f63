using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A project, its key, and what is inside it, from nothing in one update.
    var docs = new Ory.Project("docs", new()
    {
        Name = "Documentation",
        Environment = Ory.ProjectEnvironment.Dev,
    });

    var deployer = new Ory.ProjectApiKey("deployer", new()
    {
        ProjectId = docs.Id,
        Name = "Pulumi",
        ExpiresAt = "2035-01-01T00:00:00Z",
    });

    var insideDocs = new Ory.Provider("insideDocs", new()
    {
        ProjectSlug = docs.Slug,
        ProjectApiKey = deployer.Value,
    });

    var reader = new Ory.Oauth2Client("reader", new()
    {
        ClientName = "Documentation",
        GrantTypes = 
        {
            Ory.Oauth2ClientGrantType.ClientCredentials,
        },
    }, new CustomResourceOptions
    {
        Provider = insideDocs,
    });

    return new Dictionary<string, object?>
    {
        ["key"] = deployer.Value,
    };
});

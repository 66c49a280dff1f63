using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The identity provider of a customer says who works there.
    var acme = new Ory.Organization("acme", new()
    {
        Label = "Acme",
        Domains = new[]
        {
            "acme.example",
        },
    });

    var okta = new Ory.ScimClient("okta", new()
    {
        ClientId = "okta-acme",
        OrganizationId = acme.Id,
        Label = "Okta",
        AuthorizationHeaderSecret = "a-secret-for-okta",
        MapperUrl = "https://example.com/scim-mapper.jsonnet",
    });

});

using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // The people of a customer sign in with the customer's own identity provider.
    var acme = new Ory.Organization("acme", new()
    {
        Label = "Acme",
        Domains = new[]
        {
            "acme.example",
        },
    });

    var acmeProvider = new Ory.SamlProvider("acmeProvider", new()
    {
        ProviderId = "acme",
        Label = "Acme",
        OrganizationId = acme.Id,
        RawIdpMetadataXml = "https://idp.acme.example/metadata",
    });

});

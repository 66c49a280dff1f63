using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A project, and what its customers look like. Their identities name it by its id, which Ory makes of its content.
    var club = new Ory.Project("club", new()
    {
        Name = "Club",
        Environment = Ory.ProjectEnvironment.Dev,
    });

    var customer = new Ory.IdentitySchema("customer", new()
    {
        ProjectId = club.Id,
        SchemaId = "customer",
        Schema = "{\"type\": \"object\", \"properties\": {\"traits\": {\"type\": \"object\", \"properties\": {\"email\": {\"type\": \"string\", \"format\": \"email\", \"ory.sh/kratos\": {\"credentials\": {\"password\": {\"identifier\": true}}}}}}}}",
    });

});

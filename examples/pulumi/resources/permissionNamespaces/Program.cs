using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // A project, and who may do what with its documents.
    var archive = new Ory.Project("archive", new()
    {
        Name = "Archive",
        Environment = Ory.ProjectEnvironment.Dev,
    });

    var model = new Ory.PermissionNamespaces("model", new()
    {
        ProjectId = archive.Id,
        Source = @"class User implements Namespace {}
class Document implements Namespace { related: { owners: User[] } }",
    });

});

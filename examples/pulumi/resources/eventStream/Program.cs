using System.Collections.Generic;
using System.Linq;
using Pulumi;
using Ory = Janiform.Ory;

return await Deployment.RunAsync(() => 
{
    // What happens in a project, sent to an endpoint that asks for a key.
    var watched = new Ory.Project("watched", new()
    {
        Name = "Watched",
        Environment = Ory.ProjectEnvironment.Stage,
    });

    var alerts = new Ory.EventStream("alerts", new()
    {
        ProjectId = watched.Id,
        Type = Ory.EventStreamType.Https,
        HttpsEndpoint = "https://hooks.example.com/ory",
        HttpsAuthType = Ory.EventStreamHttpsAuthType.ApiKey,
        HttpsAuthHeaderName = "X-Api-Key",
        HttpsAuthSecret = "s3cret-of-the-hook",
        EventTypes = new[]
        {
            "Session*",
            "*Failed",
        },
    });

});

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// What happens in a project, sent to an endpoint that asks for a key.
const watched = new ory.Project("watched", {
    name: "Watched",
    environment: ory.ProjectEnvironment.Stage,
});
const alerts = new ory.EventStream("alerts", {
    projectId: watched.id,
    type: ory.EventStreamType.Https,
    httpsEndpoint: "https://hooks.example.com/ory",
    httpsAuthType: ory.EventStreamHttpsAuthType.ApiKey,
    httpsAuthHeaderName: "X-Api-Key",
    httpsAuthSecret: "s3cret-of-the-hook",
    eventTypes: [
        "Session*",
        "*Failed",
    ],
});

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A key of a workspace, by a person who is signed in.
const mine = ory.getWorkspace({
    name: "Our company",
});
const automation = new ory.WorkspaceApiKey("automation", {
    workspaceId: mine.then(mine => mine.id),
    name: "Automation",
    expiresAt: "2035-01-01T00:00:00Z",
});

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The keys of a workspace, for a person who is signed in.
const mine = ory.getWorkspace({
    name: "Our company",
});
const all = mine.then(mine => ory.getWorkspaceApiKeys({
    workspaceId: mine.id,
}));

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// By its id or, if only one workspace has that, its name; or the provider's own.
const ours = ory.getWorkspace({
    name: "Our company",
});
export const createdAt = ours.then(ours => ours.createdAt);

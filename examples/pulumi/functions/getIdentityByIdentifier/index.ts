import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Whoever signs in with this address.
const ann = ory.getIdentityByIdentifier({
    identifier: "ann@example.com",
});
export const annByIdentifier = ann.then(ann => ann.id);

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// By an id of your own; or by its id.
const ann = ory.getIdentity({
    externalId: "customer-4711",
});
export const traits = ann.then(ann => ann.traits);

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A person; the schema says which traits there are.
const ann = new ory.Identity("ann", {
    schemaId: "default",
    externalId: "customer-4711",
    state: ory.IdentityStateValue.Active,
    traits: JSON.stringify({
        email: "ann@example.com",
    }),
    metadataPublic: JSON.stringify({
        plan: "pro",
    }),
});
export const annId = ann.id;

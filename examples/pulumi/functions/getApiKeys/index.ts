import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The keys of a customer that are neither revoked nor expired.
const active = ory.getApiKeys({
    actorId: "customer-4711",
    status: "active",
});

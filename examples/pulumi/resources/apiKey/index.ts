import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A key for a customer of your API, which another one takes the place of in time.
const customer = new ory.ApiKey("customer", {
    name: "Acme's integration",
    actorId: "customer-4711",
    scopes: [
        "orders:read",
        "orders:write",
    ],
    ttl: "90d",
    renewBefore: "14d",
});
export const customerApiKey = customer.secret;

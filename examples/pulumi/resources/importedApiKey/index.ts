import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A key that a customer has used for years, and goes on to use.
const old = new ory.ImportedApiKey("old", {
    name: "Acme's old key",
    actorId: "customer-4711",
    scopes: ["orders:read"],
    rawKey: "acme-8d1f6c3b5a2e",
    ttl: "1y",
});

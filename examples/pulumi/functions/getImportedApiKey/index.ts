import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const known = new ory.ImportedApiKey("known", {
    name: "Known, too",
    actorId: "customer-4712",
    rawKey: "known-5c2d8f1e9a7b",
    ttl: "30d",
});
const found = ory.getImportedApiKeyOutput({
    keyId: known.keyId,
});
export const status = found.status;

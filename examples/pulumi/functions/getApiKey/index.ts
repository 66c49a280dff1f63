import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const known = new ory.ApiKey("known", {
    name: "Known",
    actorId: "customer-4712",
    ttl: "30d",
});
const found = ory.getApiKeyOutput({
    keyId: known.keyId,
});
export const ends = found.expireTime;

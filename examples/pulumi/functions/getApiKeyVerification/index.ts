import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const given = ory.getApiKeyVerification({
    credential: "somebody-s-key",
});
export const isGood = given.then(given => given.isValid);

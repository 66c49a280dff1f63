import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// For a gateway that checks tokens derived from API keys by itself.
const keys = ory.getApiKeyJwks({});
export const keySet = keys.then(keys => keys.jwks);

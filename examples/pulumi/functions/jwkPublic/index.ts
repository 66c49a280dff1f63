import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const key = ory.jwkPublic("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}");
export const publicKey = key;

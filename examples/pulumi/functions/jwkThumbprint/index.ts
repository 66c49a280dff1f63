import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const thumbprint = ory.jwkThumbprint("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}");
export const kid = thumbprint;

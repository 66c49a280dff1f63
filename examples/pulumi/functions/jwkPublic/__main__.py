import pulumi
import janiform_ory as ory

key = ory.jwk_public("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")
pulumi.export("publicKey", key)

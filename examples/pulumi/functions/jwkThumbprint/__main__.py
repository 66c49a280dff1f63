import pulumi
import janiform_ory as ory

thumbprint = ory.jwk_thumbprint("{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")
pulumi.export("kid", thumbprint)

kid = invoke("ory:index/jwkThumbprint:jwkThumbprint", {
  jwk = "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}"
})

output "kid" {
  value = kid
}

key = invoke("ory:index/jwkPublic:jwkPublic", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")

output "publicKey" {
  value = key
}

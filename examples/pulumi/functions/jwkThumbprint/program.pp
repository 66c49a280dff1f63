thumbprint = invoke("ory:index/jwkThumbprint:jwkThumbprint", "{\"kty\":\"OKP\",\"crv\":\"Ed25519\",\"x\":\"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo\"}")

output "kid" {
  value = thumbprint
}

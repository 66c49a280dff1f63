# A `kid` that follows from the key (the example of RFC 8037).
output "kid" {
  value = provider::ory::jwk_thumbprint(jsonencode({
    kty = "OKP"
    crv = "Ed25519"
    x   = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
  }))
}

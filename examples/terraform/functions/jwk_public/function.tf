# What others verify with, of a key that signs.
output "public_key" {
  value = provider::ory::jwk_public(jsonencode({
    kty = "OKP"
    crv = "Ed25519"
    d   = "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A"
    x   = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"
  }))
}

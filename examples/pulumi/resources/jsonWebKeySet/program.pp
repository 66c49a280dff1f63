# A key that the server makes. A new keyId rotates it: the new key is there before the old one goes.
resource "sessions" "ory:index/jsonWebKeySet:JsonWebKeySet" {
  setId = "session-tokens"
  keyId = "2026-01"
  algorithm = "ES256"
  use = "sig"
}

# What others verify signatures with is no secret.
output "sessionKeys" {
  value = sessions.publicKeys
}

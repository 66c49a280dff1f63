# A key that the server makes. A new key_id rotates it: the new key is there
# before the old one goes.
resource "ory_json_web_key_set" "sessions" {
  set_id    = "session-tokens"
  key_id    = "2026-01"
  algorithm = "ES256"
  use       = "sig"
}

# What others verify signatures with is no secret.
output "session_keys" {
  value = ory_json_web_key_set.sessions.public_keys
}

# For a gateway that checks tokens derived from API keys by itself.
data "ory_api_key_jwks" "keys" {}

output "key_set_of_derived_tokens" {
  value = data.ory_api_key_jwks.keys.jwks
}

# For a gateway that checks tokens derived from API keys by itself.
keys = invoke("ory:index/getApiKeyJwks:getApiKeyJwks", {})

output "keySet" {
  value = keys.jwks
}

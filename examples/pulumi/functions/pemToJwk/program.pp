key = invoke("ory:index/pemToJwk:pemToJwk", "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n", {
  use = "sig"
  alg = "EdDSA"
})

output "partner" {
  value = key
}

key = invoke("ory:index/pemToJwk:pemToJwk", {
  pem = "-----BEGIN PUBLIC KEY-----\nMCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=\n-----END PUBLIC KEY-----\n"
  members = {
    use = "sig"
    alg = "EdDSA"
  }
})

output "partner" {
  value = key
}

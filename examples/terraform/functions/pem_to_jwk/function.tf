# The key that a partner has sent, as an issuer's `jwk` takes it.
output "partner" {
  value = provider::ory::pem_to_jwk(<<-PEM
    -----BEGIN PUBLIC KEY-----
    MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE=
    -----END PUBLIC KEY-----
    PEM
  , { use = "sig", alg = "EdDSA" })
}

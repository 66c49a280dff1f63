# A key that a customer has used for years, and goes on to use.
resource "old" "ory:index/importedApiKey:ImportedApiKey" {
  name = "Acme's old key"
  actorId = "customer-4711"
  scopes = ["orders:read"]
  rawKey = "acme-8d1f6c3b5a2e"
  ttl = "1y"
}

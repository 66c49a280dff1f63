# A key that a customer has used for years, and goes on to use.
resource "ory_imported_api_key" "old" {
  name     = "Acme's old key"
  actor_id = "customer-4711"
  scopes   = ["orders:read"]
  raw_key  = "acme-8d1f6c3b5a2e"
  ttl      = "1y"
}

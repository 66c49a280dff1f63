# A key for a customer of your API, which another one takes the place of in time.
resource "customer" "ory:index/apiKey:ApiKey" {
  name = "Acme's integration"
  actorId = "customer-4711"
  scopes = ["orders:read", "orders:write"]
  ttl = "90d"
  renewBefore = "14d"
}

output "customerApiKey" {
  value = customer.secret
}

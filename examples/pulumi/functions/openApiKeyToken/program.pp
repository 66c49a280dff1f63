# What reads orders in this run can do no more.
resource "reports" "ory:index/apiKey:ApiKey" {
  name = "Reports"
  actorId = "reports"
  scopes = ["orders:read", "orders:write"]
  ttl = "30d"
}

token = invoke("ory:index/openApiKeyToken:openApiKeyToken", {
  credential = reports.secret
  ttl = "15m"
  scopes = ["orders:read"]
  audiences = ["https://orders.example.com"]
})

output "ends" {
  value = token.expireTime
}

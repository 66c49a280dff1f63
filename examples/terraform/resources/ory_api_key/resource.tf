# A key for a customer of your API, which another one takes the place of in time.
resource "ory_api_key" "customer" {
  name     = "Acme's integration"
  actor_id = "customer-4711"
  scopes   = ["orders:read", "orders:write"]

  ttl          = "90d"
  renew_before = "14d"

  metadata = jsonencode({
    plan = "gold"
  })

  rate_limit = {
    quota  = 100
    window = "60s"
  }

  lifecycle {
    # The old key works until the new one is there, and is revoked then.
    create_before_destroy = true
  }
}

output "customer_api_key" {
  value     = ory_api_key.customer.secret
  sensitive = true
}

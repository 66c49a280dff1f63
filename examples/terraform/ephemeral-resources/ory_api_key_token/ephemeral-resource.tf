resource "ory_api_key" "reports" {
  name     = "Reports"
  actor_id = "reports"
  scopes   = ["orders:read", "orders:write"]
  ttl      = "30d"
}

# For what reads orders in this run, and does no more: it is in no plan and no state.
ephemeral "ory_api_key_token" "reports" {
  credential = ory_api_key.reports.secret
  ttl        = "15m"
  scopes     = ["orders:read"]
  audiences  = ["https://orders.example.com"]
}

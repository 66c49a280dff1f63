# A service that calls others on its own behalf.
resource "ory_oauth2_client" "machine" {
  client_name = "Order service"
  grant_types = ["client_credentials"]
  scope       = "orders:read orders:write"
  audience    = ["https://orders.example.com"]

  client_credentials_grant_access_token_lifespan = "1h"
}

# A web application whose server keeps the secret.
resource "ory_oauth2_client" "web" {
  client_name    = "Shop"
  grant_types    = ["authorization_code", "refresh_token"]
  response_types = ["code"]
  scope          = "openid offline_access profile"

  redirect_uris             = ["https://shop.example.com/callback"]
  post_logout_redirect_uris = ["https://shop.example.com/goodbye"]
  allowed_cors_origins      = ["https://shop.example.com"]

  metadata = jsonencode({
    team = "shop"
  })
}

# A single-page application: it cannot keep a secret, so it has none.
resource "ory_oauth2_client" "spa" {
  client_name                = "Dashboard"
  grant_types                = ["authorization_code", "refresh_token"]
  response_types             = ["code"]
  scope                      = "openid profile"
  redirect_uris              = ["https://dashboard.example.com/callback"]
  token_endpoint_auth_method = "none"
}

# A service that calls others on its own behalf.
resource "machine" "ory:index/oauth2Client:Oauth2Client" {
  clientName = "Order service"
  grantTypes = ["client_credentials"]
  scope = "orders:read orders:write"
  audience = ["https://orders.example.com"]
  clientCredentialsGrantAccessTokenLifespan = "1h"
}

# A web application whose server keeps the secret.
resource "web" "ory:index/oauth2Client:Oauth2Client" {
  clientName = "Shop"
  grantTypes = [
    "authorization_code",
    "refresh_token"
  ]
  responseTypes = ["code"]
  scope = "openid offline_access profile"
  redirectUris = ["https://shop.example.com/callback"]
  postLogoutRedirectUris = ["https://shop.example.com/goodbye"]
  allowedCorsOrigins = ["https://shop.example.com"]
  metadata = toJSON({
    "team" = "shop"
  })
}

# A single-page application: it cannot keep a secret, so it has none.
resource "spa" "ory:index/oauth2Client:Oauth2Client" {
  clientName = "Dashboard"
  grantTypes = [
    "authorization_code",
    "refresh_token"
  ]
  responseTypes = ["code"]
  scope = "openid profile"
  redirectUris = ["https://dashboard.example.com/callback"]
  tokenEndpointAuthMethod = "none"
}

output "clientId" {
  value = machine.clientId
}

# Encrypted in the stack, hidden on the screen.
output "clientSecret" {
  value = machine.clientSecret
}

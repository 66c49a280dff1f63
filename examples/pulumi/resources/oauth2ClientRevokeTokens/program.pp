# Whoever has a token of the client has to get another one when what the client may do changes.
resource "shop" "ory:index/oauth2Client:Oauth2Client" {
  clientName = "Shop"
  grantTypes = ["client_credentials"]
  scope = "orders:read"
}

resource "revoked" "ory:index/oauth2ClientRevokeTokens:Oauth2ClientRevokeTokens" {
  clientId = shop.clientId
  triggers = [shop.scope]
}

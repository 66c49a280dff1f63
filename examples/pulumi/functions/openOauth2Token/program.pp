# What runs with it has a token for as long as the run lasts.
resource "robot" "ory:index/oauth2Client:Oauth2Client" {
  clientName = "Robot"
  grantTypes = ["client_credentials"]
  scope = "orders:read"
}

token = invoke("ory:index/openOauth2Token:openOauth2Token", {
  clientId = robot.clientId
  clientSecret = robot.clientSecret
  scope = "orders:read"
})

output "expiresAt" {
  value = token.expiresAt
}

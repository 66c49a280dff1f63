# A client that registers itself, where dynamic client registration is on.
resource "wiki" "ory:index/oidcDynamicClient:OidcDynamicClient" {
  clientName = "Wiki"
  grantTypes = [
    "authorization_code",
    "refresh_token"
  ]
  responseTypes = ["code"]
  scope = "openid offline_access"
  redirectUris = ["https://wiki.example.com/callback"]
  contacts = ["wiki@example.com"]
}

# With these the application manages its registration itself.
output "registrationUri" {
  value = wiki.registrationClientUri
}

output "registrationToken" {
  value = wiki.registrationAccessToken
}

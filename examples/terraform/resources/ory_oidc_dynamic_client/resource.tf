# A client that registers itself, where dynamic client registration is on.
resource "ory_oidc_dynamic_client" "wiki" {
  client_name    = "Wiki"
  grant_types    = ["authorization_code", "refresh_token"]
  response_types = ["code"]
  scope          = "openid offline_access"
  redirect_uris  = ["https://wiki.example.com/callback"]
  contacts       = ["wiki@example.com"]
}

# With these the application manages its registration itself.
output "wiki_registration_uri" {
  value = ory_oidc_dynamic_client.wiki.registration_client_uri
}

output "wiki_registration_token" {
  value     = ory_oidc_dynamic_client.wiki.registration_access_token
  sensitive = true
}

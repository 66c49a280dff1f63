# By its id.
data "ory_oidc_dynamic_client" "by_id" {
  client_id = "5b8f3d1c-7a62-4e0f-9a43-2c1d8e7f6b54"
}

# By its name, if only one client has it.
data "ory_oidc_dynamic_client" "by_name" {
  client_name = "Wiki"
}

output "wiki_redirect_uris" {
  value = data.ory_oidc_dynamic_client.by_name.redirect_uris
}

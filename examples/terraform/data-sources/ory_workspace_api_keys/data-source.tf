# The keys of the provider's own workspace, for a person who is signed in.
data "ory_workspace_api_keys" "all" {}

output "all_workspace_api_keys" {
  value = { for key in data.ory_workspace_api_keys.all.workspace_api_keys : key.name => key.expires_at }
}

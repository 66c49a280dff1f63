# The keys of the provider's own project, by their last characters.
data "ory_project_api_keys" "all" {}

output "all_project_api_keys" {
  value = { for key in data.ory_project_api_keys.all.project_api_keys : key.name => key.last_characters }
}

# Of the provider's own project, unless `project_id` says of which.
data "ory_project_config" "shop" {}

output "login_page" {
  value = data.ory_project_config.shop.selfservice_flows_login_ui_url
}

list "ory_workspace_api_key" "all" {
  provider         = ory
  include_resource = true
}

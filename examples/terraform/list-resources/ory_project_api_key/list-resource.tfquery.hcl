list "ory_project_api_key" "all" {
  provider         = ory
  include_resource = true
}

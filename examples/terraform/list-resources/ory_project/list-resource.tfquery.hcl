list "ory_project" "all" {
  provider         = ory
  include_resource = true
}

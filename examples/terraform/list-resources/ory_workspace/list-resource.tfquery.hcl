list "ory_workspace" "all" {
  provider         = ory
  include_resource = true
}

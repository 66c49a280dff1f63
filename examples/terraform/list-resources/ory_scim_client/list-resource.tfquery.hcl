list "ory_scim_client" "all" {
  provider         = ory
  include_resource = true
}

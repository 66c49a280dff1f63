list "ory_custom_domain" "all" {
  provider         = ory
  include_resource = true
}

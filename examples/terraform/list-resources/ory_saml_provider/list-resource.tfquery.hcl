list "ory_saml_provider" "all" {
  provider         = ory
  include_resource = true
}

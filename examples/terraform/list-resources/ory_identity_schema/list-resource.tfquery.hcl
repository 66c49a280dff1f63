list "ory_identity_schema" "all" {
  provider         = ory
  include_resource = true

  config {
    include_presets = true
  }
}

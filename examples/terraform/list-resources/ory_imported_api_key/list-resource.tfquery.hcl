list "ory_imported_api_key" "all" {
  provider         = ory
  include_resource = true
}

list "ory_oauth2_client" "sales" {
  provider         = ory
  include_resource = true

  config {
    owner = "sales"
  }
}

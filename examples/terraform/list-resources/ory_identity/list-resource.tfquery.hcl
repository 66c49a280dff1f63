list "ory_identity" "ann" {
  provider         = ory
  include_resource = true

  config {
    credentials_identifier = "ann@example.com"
  }
}

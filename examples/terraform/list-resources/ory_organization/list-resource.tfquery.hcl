list "ory_organization" "acme" {
  provider         = ory
  include_resource = true

  config {
    domain = "acme.example"
  }
}

list "ory_onboarding_portal_link" "acme" {
  provider         = ory
  include_resource = true

  config {
    organization_id = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
  }
}

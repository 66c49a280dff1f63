list "ory_social_provider" "google" {
  provider         = ory
  include_resource = true

  config {
    provider_type = "google"
  }
}

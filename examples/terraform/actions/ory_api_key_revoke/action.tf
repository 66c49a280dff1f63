# For a key that has leaked: `terraform apply -invoke=action.ory_api_key_revoke.leaked`
action "ory_api_key_revoke" "leaked" {
  config {
    key_id            = "9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f"
    revocation_reason = "key_compromise"
  }
}

# For a key that a partner has lost: `terraform apply -invoke=action.ory_imported_api_key_revoke.lost`
action "ory_imported_api_key_revoke" "lost" {
  config {
    key_id            = "4f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97"
    revocation_reason = "key_compromise"
  }
}

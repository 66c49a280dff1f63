# terraform apply -invoke=action.ory_identity_send_recovery.ann
action "ory_identity_send_recovery" "ann" {
  config {
    identity_id = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
  }
}

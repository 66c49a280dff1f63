# Who may not sign in any more has no sessions either.
resource "ory_identity" "ann" {
  schema_id = "default"
  state     = "inactive"
  traits    = jsonencode({ email = "ann@example.com" })

  lifecycle {
    action_trigger {
      events  = [after_create, after_update]
      actions = [action.ory_identity_revoke_sessions.ann]
    }
  }
}

action "ory_identity_revoke_sessions" "ann" {
  config {
    identity_id = ory_identity.ann.id
  }
}

# Whoever has a token of the client has to get another one when what the client may do changes.
resource "ory_oauth2_client" "shop" {
  client_id   = "shop"
  client_name = "Shop"
  grant_types = ["client_credentials"]
  scope       = "orders:read"

  lifecycle {
    action_trigger {
      events  = [after_update]
      actions = [action.ory_oauth2_client_revoke_tokens.shop]
    }
  }
}

action "ory_oauth2_client_revoke_tokens" "shop" {
  config {
    client_id = "shop"
  }
}

resource "ory_oauth2_client" "robot" {
  client_name = "Robot"
  grant_types = ["client_credentials"]
  scope       = "orders:read"
}

# For the provider of a service that takes tokens of Ory: it is in no plan and no state.
ephemeral "ory_oauth2_token" "robot" {
  client_id     = ory_oauth2_client.robot.client_id
  client_secret = ory_oauth2_client.robot.client_secret
  scope         = "orders:read"
}

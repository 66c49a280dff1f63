# By its id.
data "ory_oauth2_client" "by_id" {
  client_id = "0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1"
}

# By its name, if only one client has it.
data "ory_oauth2_client" "by_name" {
  client_name = "Order service"
}

output "order_service_scope" {
  value = data.ory_oauth2_client.by_name.scope
}

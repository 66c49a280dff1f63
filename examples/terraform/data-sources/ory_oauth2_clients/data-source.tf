# Every client that one team owns.
data "ory_oauth2_clients" "payments" {
  owner = "payments"
}

output "payment_clients" {
  value = { for client in data.ory_oauth2_clients.payments.clients : client.client_id => client.client_name }
}

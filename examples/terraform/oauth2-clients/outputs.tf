output "machine_client_id" {
  description = "Id of the service."
  value       = ory_oauth2_client.machine.client_id
}

output "machine_client_secret" {
  description = "Secret of the service."
  value       = ory_oauth2_client.machine.client_secret
  sensitive   = true
}

output "web_client_id" {
  description = "Id of the web application."
  value       = ory_oauth2_client.web.client_id
}

output "web_client_secret" {
  description = "Secret of the web application."
  value       = ory_oauth2_client.web.client_secret
  sensitive   = true
}

output "spa_client_id" {
  description = "Id of the single-page application; it has no secret."
  value       = ory_oauth2_client.spa.client_id
}

# The keys of a customer that are neither revoked nor expired.
data "ory_api_keys" "active" {
  actor_id = "customer-4711"
  status   = "active"
}

output "active_api_keys" {
  value = data.ory_api_keys.active.api_keys[*].name
}

resource "ory_api_key" "known" {
  name     = "Known"
  actor_id = "customer-4712"
  ttl      = "30d"

  lifecycle {
    create_before_destroy = true
  }
}

data "ory_api_key" "known" {
  key_id = ory_api_key.known.key_id
}

output "known_api_key_ends" {
  value = data.ory_api_key.known.expire_time
}

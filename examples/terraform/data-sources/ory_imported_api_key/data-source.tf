resource "ory_imported_api_key" "known" {
  name     = "Known, too"
  actor_id = "customer-4712"
  raw_key  = "known-5c2d8f1e9a7b"
  ttl      = "30d"
}

data "ory_imported_api_key" "known" {
  key_id = ory_imported_api_key.known.key_id
}

output "known_imported_api_key" {
  value = data.ory_imported_api_key.known.status
}

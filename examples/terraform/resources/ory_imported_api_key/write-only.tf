variable "old_key" {
  type      = string
  ephemeral = true
  default   = "acme-2f7e9c4d1b8a"
}

# The state has no key.
resource "ory_imported_api_key" "hidden" {
  name               = "Acme's other key"
  actor_id           = "customer-4711"
  raw_key_wo         = var.old_key
  raw_key_wo_version = "1"
  ttl                = "1y"
}

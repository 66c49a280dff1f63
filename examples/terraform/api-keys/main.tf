# The keys of a partner: one that Ory Talos issues, and one that the partner has already.
#
# The provider is configured by the environment: ORY_TALOS_URL for a self-hosted service or `janiform emulator`, or
# ORY_PROJECT_SLUG and ORY_PROJECT_API_KEY for a project of Ory Network.

terraform {
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

provider "ory" {}

resource "ory_api_key" "partner" {
  name         = "Partner"
  actor_id     = "partner-1"
  scopes       = ["orders:read"]
  ttl          = "90d"
  renew_before = "14d"

  lifecycle {
    create_before_destroy = true
  }
}

resource "ory_imported_api_key" "legacy" {
  name     = "Partner, until they have the new one"
  actor_id = "partner-1"
  raw_key  = "legacy-4c8f2d7e1a9b"
  ttl      = "90d"
}

# What another configuration can look up of them.

data "ory_api_key" "partner" {
  key_id = ory_api_key.partner.key_id
}

data "ory_imported_api_key" "legacy" {
  key_id = ory_imported_api_key.legacy.key_id
}

data "ory_api_keys" "partner" {
  actor_id   = "partner-1"
  status     = "active"
  depends_on = [ory_api_key.partner]
}

data "ory_imported_api_keys" "partner" {
  actor_id   = "partner-1"
  depends_on = [ory_imported_api_key.legacy]
}

data "ory_api_key_verification" "partner" {
  credential = ory_api_key.partner.secret
}

data "ory_api_key_jwks" "all" {}

output "partner_key_is_good" {
  value = data.ory_api_key_verification.partner.is_valid
}

output "keys_of_the_partner" {
  value = concat(data.ory_api_keys.partner.api_keys[*].name, data.ory_imported_api_keys.partner.imported_api_keys[*].name)
}

output "both_are" {
  value = [data.ory_api_key.partner.status, data.ory_imported_api_key.legacy.status]
}

output "key_set" {
  value = jsondecode(data.ory_api_key_jwks.all.jwks)
}

# Everything that a shop has in Ory: the clients of its applications, keys, a
# partner that it trusts, people, and who may do what.
#
# The provider is configured by the environment: ORY_HYDRA_ADMIN_URL,
# ORY_HYDRA_PUBLIC_URL, ORY_KRATOS_ADMIN_URL, ORY_KETO_READ_URL and
# ORY_KETO_WRITE_URL for self-hosted services or `janiform emulator`, or
# ORY_PROJECT_SLUG and ORY_PROJECT_API_KEY for a project of Ory Network.

terraform {
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

provider "ory" {}

variable "identity_schema" {
  description = "The schema of the people; one that has an e-mail address."
  type        = string
  default     = "default"
}

locals {
  # As the partner published it.
  partner_key = {
    kty = "EC"
    kid = "partner-2026"
    use = "sig"
    alg = "ES256"
    crv = "P-256"
    x   = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
    y   = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
  }
}

# A key that Ory makes, for a service that signs what it sends.
resource "ory_json_web_key_set" "reports" {
  set_id    = "shop-reports"
  key_id    = "2026-01"
  algorithm = "ES256"
  use       = "sig"
}

# The service has no secret: it proves who it is with that key.
resource "ory_oauth2_client" "reports" {
  client_name                = "Reports"
  owner                      = "shop"
  grant_types                = ["client_credentials"]
  scope                      = "orders:read"
  token_endpoint_auth_method = "private_key_jwt"
  jwks                       = ory_json_web_key_set.reports.public_keys
}

# The wiki registers itself, and manages its registration from then on.
resource "ory_oidc_dynamic_client" "wiki" {
  client_name    = "Shop wiki"
  grant_types    = ["authorization_code", "refresh_token"]
  response_types = ["code"]
  scope          = "openid offline_access"
  redirect_uris  = ["https://wiki.shop.example.com/callback"]
}

# The partner's assertions get tokens that read orders.
resource "ory_trusted_oauth2_jwt_grant_issuer" "partner" {
  issuer     = "https://partner.example.com"
  subject    = "orders@partner.example.com"
  scope      = ["orders:read"]
  expires_at = "2035-01-01T00:00:00Z"
  jwk        = jsonencode(local.partner_key)
}

# Who owns the shop.
resource "ory_identity" "ann" {
  schema_id = var.identity_schema
  state     = "active"

  traits = jsonencode({
    email = "ann@shop.example.com"
  })

  metadata_public = jsonencode({
    role = "owner"
  })
}

# Ann owns it, and the clerks may sell.
resource "ory_relationships" "shop" {
  namespace = "shops"
  object    = "flowers"

  relationships = [
    { relation = "own", subject_id = ory_identity.ann.id },
    {
      relation              = "sell"
      subject_set_namespace = "groups"
      subject_set_object    = "clerks"
      subject_set_relation  = "member"
    },
  ]
}

# She is a clerk as well.
resource "ory_relationship" "ann_sells" {
  namespace  = "groups"
  object     = "clerks"
  relation   = "member"
  subject_id = ory_identity.ann.id
}

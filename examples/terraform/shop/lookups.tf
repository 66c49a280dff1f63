# What another configuration can look up of it, by ids or by names.

data "ory_oauth2_client" "reports" {
  client_id = ory_oauth2_client.reports.client_id
}

data "ory_oauth2_clients" "shop" {
  owner      = "shop"
  depends_on = [ory_oauth2_client.reports]
}

data "ory_oidc_dynamic_client" "wiki" {
  client_id = ory_oidc_dynamic_client.wiki.client_id
}

data "ory_json_web_key_set" "reports" {
  set_id = ory_json_web_key_set.reports.set_id
}

data "ory_trusted_oauth2_jwt_grant_issuer" "partner" {
  grant_id = ory_trusted_oauth2_jwt_grant_issuer.partner.grant_id
}

data "ory_identity" "ann" {
  id = ory_identity.ann.id
}

data "ory_relationship" "ann_sells" {
  id = ory_relationship.ann_sells.id
}

data "ory_relationships" "shop" {
  namespace  = "shops"
  object     = "flowers"
  depends_on = [ory_relationships.shop]
}

# She is a clerk, and clerks may.
data "ory_permission_check" "ann_sells" {
  namespace  = "shops"
  object     = "flowers"
  relation   = "sell"
  subject_id = ory_identity.ann.id
  depends_on = [ory_relationships.shop, ory_relationship.ann_sells]
}

data "ory_permission_checks" "all_sell" {
  checks = [for person in [ory_identity.ann.id] : {
    namespace  = "shops"
    object     = "flowers"
    relation   = "sell"
    subject_id = person
  }]
  depends_on = [ory_relationships.shop, ory_relationship.ann_sells]
}

data "ory_permission_expand" "sellers" {
  namespace  = "shops"
  object     = "flowers"
  relation   = "sell"
  depends_on = [ory_relationships.shop, ory_relationship.ann_sells]
}

data "ory_identity_by_identifier" "ann" {
  identifier = jsondecode(ory_identity.ann.traits).email
}

data "ory_identities" "owners" {
  ids = [ory_identity.ann.id]
}

data "ory_identity_schema" "people" {
  id = var.identity_schema
}

data "ory_identity_schemas" "all" {}

output "reports_scope" {
  value = data.ory_oauth2_client.reports.scope
}

output "clients" {
  value = [for client in data.ory_oauth2_clients.shop.clients : client.client_name]
}

output "wiki" {
  value = data.ory_oidc_dynamic_client.wiki.redirect_uris
}

output "report_key_is_there" {
  value = contains(jsondecode(data.ory_json_web_key_set.reports.public_keys).keys[*].kid, "2026-01")
}

output "partner_subject" {
  value = data.ory_trusted_oauth2_jwt_grant_issuer.partner.subject
}

output "owner_email" {
  value = jsondecode(data.ory_identity.ann.traits).email
}

output "a_clerk_is_ann" {
  value = data.ory_relationship.ann_sells.subject_id == ory_identity.ann.id
}

output "ann_may_sell" {
  value = data.ory_permission_check.ann_sells.allowed
}

output "all_may_sell" {
  value = data.ory_permission_checks.all_sell.allowed
}

output "a_seller_is_ann" {
  value = contains(data.ory_permission_expand.sellers.subject_ids, ory_identity.ann.id)
}

output "ann_signs_in_with_her_address" {
  value = data.ory_identity_by_identifier.ann.id == ory_identity.ann.id
}

output "relations" {
  value = sort(data.ory_relationships.shop.relationships[*].relation)
}

output "owners" {
  value = data.ory_identities.owners.identities[*].id
}

output "people_are_known" {
  value = contains(data.ory_identity_schemas.all.schemas[*].id, data.ory_identity_schema.people.id)
}

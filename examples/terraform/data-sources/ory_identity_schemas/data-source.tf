data "ory_identity_schemas" "all" {}

output "schema_ids" {
  value = data.ory_identity_schemas.all.schemas[*].id
}

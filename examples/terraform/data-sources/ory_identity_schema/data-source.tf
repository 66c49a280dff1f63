data "ory_identity_schema" "person" {
  id = "person"
}

output "person_traits" {
  value = keys(jsondecode(data.ory_identity_schema.person.schema).properties.traits.properties)
}

person = invoke("ory:index/getIdentitySchema:getIdentitySchema", {
  id = "default"
})

# A JSON Schema.
output "schema" {
  value = person.schema
}

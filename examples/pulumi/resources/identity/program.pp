# A person; the schema says which traits there are.
resource "ann" "ory:index/identity:Identity" {
  schemaId = "default"
  externalId = "customer-4711"
  state = "active"
  traits = toJSON({
    "email" = "ann@example.com"
  })
  metadataPublic = toJSON({
    "plan" = "pro"
  })
}

output "annId" {
  value = ann.id
}

# A person; the schema says which traits there are.
resource "ory_identity" "ann" {
  schema_id = "person"

  traits = jsonencode({
    email = "ann@example.com"
    name  = "Ann"
  })

  metadata_public = jsonencode({
    plan = "pro"
  })
}

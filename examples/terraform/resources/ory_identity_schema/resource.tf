# What customers look like, in the provider's own project. Their identities name it by its `id`, which Ory makes of its content.
resource "ory_identity_schema" "customer" {
  schema_id = "customer"

  schema = jsonencode({
    "$schema" = "http://json-schema.org/draft-07/schema#"
    title     = "Customer"
    type      = "object"
    properties = {
      traits = {
        type = "object"
        properties = {
          email = {
            type   = "string"
            format = "email"
            "ory.sh/kratos" = {
              credentials  = { password = { identifier = true } }
              verification = { via = "email" }
              recovery     = { via = "email" }
            }
          }
        }
        required = ["email"]
      }
    }
  })

  # Another content is another schema: it is there before this one goes.
  lifecycle {
    create_before_destroy = true
  }
}

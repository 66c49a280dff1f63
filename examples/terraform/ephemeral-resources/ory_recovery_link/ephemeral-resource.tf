resource "ory_identity" "ann" {
  schema_id = "default"
  traits    = jsonencode({ email = "ann@example.com" })
}

# Whoever has it gets in as Ann: let it last briefly.
ephemeral "ory_recovery_link" "ann" {
  identity_id = ory_identity.ann.id
  expires_in  = "15m"
}

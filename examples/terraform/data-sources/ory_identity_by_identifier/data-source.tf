# Whoever signs in with this address.
data "ory_identity_by_identifier" "ann" {
  identifier = "ann@example.com"
}

output "ann_by_identifier" {
  value = data.ory_identity_by_identifier.ann.id
}

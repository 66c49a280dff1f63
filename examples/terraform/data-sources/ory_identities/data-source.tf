# Everybody.
data "ory_identities" "all" {}

# The one who signs in with this address.
data "ory_identities" "ann" {
  credentials_identifier = "ann@example.com"
}

output "inactive" {
  value = [for identity in data.ory_identities.all.identities : identity.id if identity.state == "inactive"]
}

output "ann" {
  value = one(data.ory_identities.ann.identities[*].id)
}

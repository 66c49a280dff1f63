# What the administrators of the identity provider are told.
output "scim" {
  value = provider::ory::scim_url("elegant-swirles-k2f5a8b3c1", "okta-acme")
}

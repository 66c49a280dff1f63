# The people of a customer sign in with the customer's own identity provider.
resource "ory_organization" "acme" {
  label   = "Acme"
  domains = ["acme.example"]
}

resource "ory_saml_provider" "acme" {
  provider_id          = "acme"
  label                = "Acme"
  organization_id      = ory_organization.acme.id
  raw_idp_metadata_xml = "https://idp.acme.example/metadata"
}

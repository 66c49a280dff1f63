# The people of a customer sign in with the customer's own identity provider.
resource "acme" "ory:index/organization:Organization" {
  label = "Acme"
  domains = ["acme.example"]
}

resource "acmeProvider" "ory:index/samlProvider:SamlProvider" {
  providerId = "acme"
  label = "Acme"
  organizationId = acme.id
  rawIdpMetadataXml = "https://idp.acme.example/metadata"
}

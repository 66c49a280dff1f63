# The identity provider of a customer says who works there.
resource "acme" "ory:index/organization:Organization" {
  label = "Acme"
  domains = ["acme.example"]
}

resource "okta" "ory:index/scimClient:ScimClient" {
  clientId = "okta-acme"
  organizationId = acme.id
  label = "Okta"
  authorizationHeaderSecret = "a-secret-for-okta"
  mapperUrl = "https://example.com/scim-mapper.jsonnet"
}

# The identity provider of a customer says who works there.
resource "ory_organization" "acme" {
  label   = "Acme"
  domains = ["acme.example"]
}

resource "ory_scim_client" "okta" {
  client_id                   = "okta-acme"
  organization_id             = ory_organization.acme.id
  label                       = "Okta"
  authorization_header_secret = "a-secret-for-okta"
  mapper_url                  = <<-JSONNET
    local claims = std.extVar('claims');
    { identity: { traits: { email: claims.email } } }
  JSONNET
}

# What its administrators are told.
output "scim_url" {
  value = ory_scim_client.okta.base_url
}

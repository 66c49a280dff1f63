# A customer, and the link with which they set up their own sign-in.
resource "ory_organization" "globex" {
  label = "Globex"
}

resource "ory_onboarding_portal_link" "globex" {
  organization_id = ory_organization.globex.id
  enable_sso      = true
  enable_scim     = false
  expires_at      = "2035-01-01T00:00:00Z"
  saml_mapper_url = <<-EOT
    local claims = std.extVar('claims');
    { identity: { traits: { email: claims.email } } }
  EOT
}

output "globex_link" {
  value     = ory_onboarding_portal_link.globex.url
  sensitive = true
}

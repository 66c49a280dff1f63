# The links of one customer. They are secret.
data "ory_organization" "acme" {
  label = "Acme"
}

data "ory_onboarding_portal_links" "acme" {
  organization_id = data.ory_organization.acme.id
}

output "acme_links" {
  value     = data.ory_onboarding_portal_links.acme.onboarding_portal_links[*].url
  sensitive = true
}

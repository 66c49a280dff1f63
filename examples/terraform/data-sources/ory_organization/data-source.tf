# By its id; or by its label, if only one organization of the project has that.
data "ory_organization" "acme" {
  label = "Acme"
}

output "acme_domains" {
  value = data.ory_organization.acme.domains
}

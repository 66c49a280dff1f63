# The organization that the people of a domain belong to.
data "ory_organizations" "all" {
  domain = "acme.example"
}

output "all_organizations" {
  value = data.ory_organizations.all.organizations[*].label
}

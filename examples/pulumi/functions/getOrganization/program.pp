# By its id; or by its label, if only one organization of the project has that.
partners = invoke("ory:index/getProject:getProject", {
  name = "Partners"
})

acme = invoke("ory:index/getOrganization:getOrganization", {
  projectId = partners.id
  label = "Acme"
})

output "domains" {
  value = acme.domains
}

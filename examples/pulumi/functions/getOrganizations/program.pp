# The organization that the people of a domain belong to.
partners = invoke("ory:index/getProject:getProject", {
  name = "Partners"
})

all = invoke("ory:index/getOrganizations:getOrganizations", {
  projectId = partners.id
  domain = "acme.example"
})

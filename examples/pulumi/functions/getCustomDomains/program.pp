# The custom domains of a project.
partners = invoke("ory:index/getProject:getProject", {
  name = "Partners"
})

all = invoke("ory:index/getCustomDomains:getCustomDomains", {
  projectId = partners.id
})

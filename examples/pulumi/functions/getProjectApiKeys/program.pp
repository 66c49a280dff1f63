# The keys of a project, by their last characters.
partners = invoke("ory:index/getProject:getProject", {
  name = "Partners"
})

all = invoke("ory:index/getProjectApiKeys:getProjectApiKeys", {
  projectId = partners.id
})

# Who may get into a project.
partners = invoke("ory:index/getProject:getProject", {
  name = "Partners"
})

all = invoke("ory:index/getProjectMembers:getProjectMembers", {
  projectId = partners.id
})

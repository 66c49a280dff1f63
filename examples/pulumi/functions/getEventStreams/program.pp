# The event streams of a project.
partners = invoke("ory:index/getProject:getProject", {
  name = "Partners"
})

all = invoke("ory:index/getEventStreams:getEventStreams", {
  projectId = partners.id
})

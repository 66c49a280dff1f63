# The keys of a workspace, for a person who is signed in.
mine = invoke("ory:index/getWorkspace:getWorkspace", {
  name = "Our company"
})

all = invoke("ory:index/getWorkspaceApiKeys:getWorkspaceApiKeys", {
  workspaceId = mine.id
})

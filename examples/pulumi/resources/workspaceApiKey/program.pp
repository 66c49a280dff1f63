# A key of a workspace, by a person who is signed in.
mine = invoke("ory:index/getWorkspace:getWorkspace", {
  name = "Our company"
})

resource "automation" "ory:index/workspaceApiKey:WorkspaceApiKey" {
  workspaceId = mine.id
  name = "Automation"
  expiresAt = "2035-01-01T00:00:00Z"
}

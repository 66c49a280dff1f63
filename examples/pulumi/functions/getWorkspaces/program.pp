# The workspaces that the key may see.
all = invoke("ory:index/getWorkspaces:getWorkspaces", {})

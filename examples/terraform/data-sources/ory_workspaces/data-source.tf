# The workspaces that the key may see.
data "ory_workspaces" "all" {}

output "all_workspaces" {
  value = { for workspace in data.ory_workspaces.all.workspaces : workspace.name => workspace.id }
}

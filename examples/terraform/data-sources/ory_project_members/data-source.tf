# Who may get into the provider's own project.
data "ory_project_members" "all" {}

output "all_project_members" {
  value = data.ory_project_members.all.project_members[*].email
}

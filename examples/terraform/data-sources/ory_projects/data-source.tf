# Every project that the key may see.
data "ory_projects" "all" {}

output "all_projects" {
  value = { for project in data.ory_projects.all.projects : project.slug => project.environment }
}

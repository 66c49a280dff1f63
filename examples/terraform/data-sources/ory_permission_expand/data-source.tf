# Who may view the report, directly or as a member of a group.
data "ory_permission_expand" "viewers" {
  namespace = "files"
  object    = "report.pdf"
  relation  = "view"
}

output "viewers" {
  value = data.ory_permission_expand.viewers.subject_ids
}

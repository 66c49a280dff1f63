# Whether a person may view the report, directly or as a member of a group.
data "ory_permission_check" "ann_views" {
  namespace  = "files"
  object     = "report.pdf"
  relation   = "view"
  subject_id = "ann"
}

output "ann_may_view" {
  value = data.ory_permission_check.ann_views.allowed
}

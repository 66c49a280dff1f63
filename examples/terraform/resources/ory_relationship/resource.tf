# Ann may view the report.
resource "ory_relationship" "ann_views" {
  namespace  = "files"
  object     = "report.pdf"
  relation   = "view"
  subject_id = "ann"
}

# So may all members of the staff.
resource "ory_relationship" "staff_views" {
  namespace = "files"
  object    = "report.pdf"
  relation  = "view"

  subject_set_namespace = "groups"
  subject_set_object    = "staff"
  subject_set_relation  = "member"
}

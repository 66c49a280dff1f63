# Who may view the report.
data "ory_relationships" "viewers" {
  namespace = "files"
  object    = "report.pdf"
  relation  = "view"
}

# What the members of a group have a relation to.
data "ory_relationships" "of_staff" {
  subject_set_namespace = "groups"
  subject_set_object    = "staff"
  subject_set_relation  = "member"
}

output "viewers" {
  value = compact(data.ory_relationships.viewers.relationships[*].subject_id)
}

output "of_staff" {
  value = data.ory_relationships.of_staff.relationships[*].id
}

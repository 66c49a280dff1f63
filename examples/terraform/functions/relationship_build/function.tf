# Of one subject, and of a set of subjects.
output "ann_may_view" {
  value = provider::ory::relationship_build("files", "report.pdf", "view", "ann")
}

output "staff_may_view" {
  value = provider::ory::relationship_build("files", "report.pdf", "view", "groups", "staff", "member")
}

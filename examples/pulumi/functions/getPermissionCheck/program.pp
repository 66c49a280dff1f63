# Whether Ann may view the report, directly or as a member of a group.
annViews = invoke("ory:index/getPermissionCheck:getPermissionCheck", {
  namespace = "files",
  object = "report.pdf",
  relation = "view",
  subjectId = "ann"
})

output "annMayView" {
  value = annViews.allowed
}

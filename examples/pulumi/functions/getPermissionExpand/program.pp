# Who may view the report, directly or as a member of a group.
viewers = invoke("ory:index/getPermissionExpand:getPermissionExpand", {
  namespace = "files",
  object = "report.pdf",
  relation = "view"
})

output "viewers" {
  value = viewers.subjectIds
}

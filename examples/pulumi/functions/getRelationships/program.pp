viewersVar = invoke("ory:index/getRelationships:getRelationships", {
  namespace = "files",
  object = "report.pdf",
  relation = "view"
})

# Who may view the report.
output "viewers" {
  value = viewersVar.relationships
}

# Who may view the report.
viewers = invoke("ory:index/getRelationships:getRelationships", {
  namespace = "files"
  object = "report.pdf"
  relation = "view"
})

# Everybody who may view or edit the plan, and nobody else.
resource "plan" "ory:index/relationships:Relationships" {
  namespace = "files"
  object = "plan.pdf"
  exclusive = true
  relationships = [
    {
      relation = "edit",
      subjectId = "bob"
    },
    {
      relation = "view",
      subjectSetNamespace = "groups",
      subjectSetObject = "staff",
      subjectSetRelation = "member"
    }
  ]
}

# Ann may view the report.
resource "annViews" "ory:index/relationship:Relationship" {
  namespace = "files"
  object = "report.pdf"
  relation = "view"
  subjectId = "ann"
}

# So may all members of the staff.
resource "staffViews" "ory:index/relationship:Relationship" {
  namespace = "files"
  object = "report.pdf"
  relation = "view"
  subjectSetNamespace = "groups"
  subjectSetObject = "staff"
  subjectSetRelation = "member"
}

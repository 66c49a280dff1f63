# Everybody who may view the report, and nobody else.
resource "ory_relationships" "report" {
  namespace = "files"
  object    = "report.pdf"
  exclusive = true

  relationships = [
    { relation = "view", subject_id = "ann" },
    { relation = "edit", subject_id = "bob" },
    {
      relation              = "view"
      subject_set_namespace = "groups"
      subject_set_object    = "staff"
      subject_set_relation  = "member"
    },
  ]
}

# The members of several groups, beside those that others add.
resource "ory_relationships" "members" {
  namespace = "groups"

  relationships = flatten([
    for group, members in { staff = ["ann", "bob"], guests = ["cyd"] } : [
      for member in members : { object = group, relation = "member", subject_id = member }
    ]
  ])
}

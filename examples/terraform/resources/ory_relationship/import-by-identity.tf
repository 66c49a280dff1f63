import {
  to = ory_relationship.staff_views
  identity = {
    id = "files:report.pdf#view@groups:staff#member"
  }
}

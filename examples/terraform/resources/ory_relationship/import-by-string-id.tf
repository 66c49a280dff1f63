import {
  to = ory_relationship.staff_views
  id = "files:report.pdf#view@groups:staff#member"
}

import {
  to = ory_relationships.report
  id = "files:report.pdf"
}

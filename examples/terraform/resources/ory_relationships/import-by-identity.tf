import {
  to = ory_relationships.report
  identity = {
    id = "files:report.pdf"
  }
}

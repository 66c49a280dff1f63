# A project, and the people of a customer in it.
resource "partners" "ory:index/project:Project" {
  name = "Partners"
  environment = "stage"
}

resource "acme" "ory:index/organization:Organization" {
  projectId = partners.id
  label = "Acme"
  domains = ["acme.example", "acme.test"]
  sessionLifespan = "12h"
}

# The people of a customer, in the provider's own project.
resource "ory_organization" "acme" {
  label            = "Acme"
  domains          = ["acme.example", "acme.test"]
  session_lifespan = "12h"
}

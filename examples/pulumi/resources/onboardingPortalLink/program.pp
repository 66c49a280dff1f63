# A customer, and the link with which they set up their own sign-in.
resource "customers" "ory:index/project:Project" {
  name = "Customers"
  environment = "stage"
}

resource "globex" "ory:index/organization:Organization" {
  projectId = customers.id
  label = "Globex"
}

resource "globexLink" "ory:index/onboardingPortalLink:OnboardingPortalLink" {
  projectId = customers.id
  organizationId = globex.id
  enableSso = true
  enableScim = false
}

# Encrypted in the stack, hidden on the screen.
output "link" {
  value = globexLink.url
}

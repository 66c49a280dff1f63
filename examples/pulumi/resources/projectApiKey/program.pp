# A project, its key, and what is inside it, from nothing in one update.
resource "docs" "ory:index/project:Project" {
  name = "Documentation"
  environment = "dev"
}

resource "deployer" "ory:index/projectApiKey:ProjectApiKey" {
  projectId = docs.id
  name = "Pulumi"
  expiresAt = "2035-01-01T00:00:00Z"
}

resource "insideDocs" "pulumi:providers:ory" {
  projectSlug = docs.slug
  projectApiKey = deployer.value
}

resource "reader" "ory:index/oauth2Client:Oauth2Client" {
  clientName = "Documentation"
  grantTypes = ["client_credentials"]

  options {
    provider = insideDocs
  }
}

# Encrypted in the stack, hidden on the screen.
output "key" {
  value = deployer.value
}

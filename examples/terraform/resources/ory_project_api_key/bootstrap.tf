# A project, its key, and what is inside it, from nothing in one apply.
resource "ory_project" "docs" {
  name        = "Documentation"
  environment = "dev"
}

resource "ory_project_api_key" "docs" {
  project_id = ory_project.docs.id
  name       = "Terraform"
}

provider "ory" {
  alias           = "docs"
  project_slug    = ory_project.docs.slug
  project_api_key = ory_project_api_key.docs.value
}

resource "ory_oauth2_client" "docs" {
  provider    = ory.docs
  client_name = "Documentation"
  grant_types = ["client_credentials"]
}

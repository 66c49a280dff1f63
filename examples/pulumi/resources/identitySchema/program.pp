# A project, and what its customers look like. Their identities name it by its id, which Ory makes of its content.
resource "club" "ory:index/project:Project" {
  name = "Club"
  environment = "dev"
}

resource "customer" "ory:index/identitySchema:IdentitySchema" {
  projectId = club.id
  schemaId = "customer"
  schema = "{\"type\": \"object\", \"properties\": {\"traits\": {\"type\": \"object\", \"properties\": {\"email\": {\"type\": \"string\", \"format\": \"email\", \"ory.sh/kratos\": {\"credentials\": {\"password\": {\"identifier\": true}}}}}}}}"
}

# A project, and who may do what with its documents.
resource "archive" "ory:index/project:Project" {
  name = "Archive"
  environment = "dev"
}

resource "model" "ory:index/permissionNamespaces:PermissionNamespaces" {
  projectId = archive.id
  source = "class User implements Namespace {}\nclass Document implements Namespace { related: { owners: User[] } }"
}

# What relationships can be in.
data "ory_relationship_namespaces" "all" {}

output "all_relationship_namespaces" {
  value = data.ory_relationship_namespaces.all.relationship_namespaces[*].name
}

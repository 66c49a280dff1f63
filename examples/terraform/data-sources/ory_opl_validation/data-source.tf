# Whether Ory takes a permission model: the plan shows it, and nothing is changed.
data "ory_opl_validation" "namespaces" {
  source = "class User implements Namespace {}"
}

output "namespaces_are_valid" {
  value = data.ory_opl_validation.namespaces.valid
}

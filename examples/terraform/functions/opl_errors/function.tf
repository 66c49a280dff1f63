locals {
  model = "class User implements Namespace {}"
}

# Stops a plan before anything is changed.
output "model" {
  value = local.model

  precondition {
    condition     = length(provider::ory::opl_errors(local.model)) == 0
    error_message = "The permission model has errors."
  }
}

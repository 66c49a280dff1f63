# Stops a plan before anything is changed.
output "model" {
  value = "class User implements Namespace {}"

  precondition {
    condition     = length(provider::ory::opl_errors("class User implements Namespace {}")) == 0
    error_message = "The permission model has errors."
  }
}

# By its id or, if only one workspace has that, its name; or the provider's own.
data "ory_workspace" "ours" {
  name = "Our company"
}

output "our_plan" {
  value = data.ory_workspace.ours.subscription_plan
}

# By its id or, if only one workspace has that, its name; or the provider's own.
ours = invoke("ory:index/getWorkspace:getWorkspace", {
  name = "Our company"
})

output "createdAt" {
  value = ours.createdAt
}

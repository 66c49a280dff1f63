# By its name, if only one client has it; or by its clientId.
wiki = invoke("ory:index/getOidcDynamicClient:getOidcDynamicClient", {
  clientName = "Wiki"
})

output "scope" {
  value = wiki.scope
}

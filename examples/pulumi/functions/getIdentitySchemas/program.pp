all = invoke("ory:index/getIdentitySchemas:getIdentitySchemas", {})

output "schemas" {
  value = all.schemas
}

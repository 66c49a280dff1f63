all = invoke("ory:index/getImportedApiKeys:getImportedApiKeys", {
  status = "active"
})

output "importedApiKeys" {
  value = all.importedApiKeys
}

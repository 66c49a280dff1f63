resource "known" "ory:index/importedApiKey:ImportedApiKey" {
  name = "Known, too"
  actorId = "customer-4712"
  rawKey = "known-5c2d8f1e9a7b"
  ttl = "30d"
}

found = invoke("ory:index/getImportedApiKey:getImportedApiKey", {
  keyId = known.keyId
})

output "status" {
  value = found.status
}

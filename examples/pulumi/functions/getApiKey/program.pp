resource "known" "ory:index/apiKey:ApiKey" {
  name = "Known"
  actorId = "customer-4712"
  ttl = "30d"
}

found = invoke("ory:index/getApiKey:getApiKey", {
  keyId = known.keyId
})

output "ends" {
  value = found.expireTime
}

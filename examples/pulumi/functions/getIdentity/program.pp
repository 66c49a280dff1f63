# By an id of your own; or by its id.
ann = invoke("ory:index/getIdentity:getIdentity", {
  externalId = "customer-4711"
})

# A JSON object.
output "traits" {
  value = ann.traits
}

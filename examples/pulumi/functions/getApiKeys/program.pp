# The keys of a customer that are neither revoked nor expired.
active = invoke("ory:index/getApiKeys:getApiKeys", {
  actorId = "customer-4711"
  status = "active"
})

# The one who signs in with this address; or everybody.
found = invoke("ory:index/getIdentities:getIdentities", {
  credentialsIdentifier = "ann@example.com"
})

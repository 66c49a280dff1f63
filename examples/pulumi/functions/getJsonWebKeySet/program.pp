sessions = invoke("ory:index/getJsonWebKeySet:getJsonWebKeySet", {
  setId = "session-tokens"
})

output "publicKeys" {
  value = sessions.publicKeys
}

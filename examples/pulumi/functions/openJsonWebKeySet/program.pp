# The private keys of a set, for whoever signs with them.
sessions = invoke("ory:index/openJsonWebKeySet:openJsonWebKeySet", {
  setId = "session-tokens"
})

output "publicKeys" {
  value = sessions.publicKeys
}

# Whoever signs in with this address.
ann = invoke("ory:index/getIdentityByIdentifier:getIdentityByIdentifier", {
  identifier = "ann@example.com"
})

output "annByIdentifier" {
  value = ann.id
}

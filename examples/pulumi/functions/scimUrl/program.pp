url = invoke("ory:index/scimUrl:scimUrl", {
  project = "elegant-swirles-k2f5a8b3c1"
  clientId = "okta-acme"
})

output "scim" {
  value = url
}

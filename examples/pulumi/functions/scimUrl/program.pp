url = invoke("ory:index/scimUrl:scimUrl", "elegant-swirles-k2f5a8b3c1", "okta-acme")

output "scim" {
  value = url
}

url = invoke("ory:index/issuerUrl:issuerUrl", "elegant-swirles-k2f5a8b3c1")

output "issuer" {
  value = url
}

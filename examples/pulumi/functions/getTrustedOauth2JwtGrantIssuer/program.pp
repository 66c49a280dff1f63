# By the issuer, if it has one grant; or by its grantId.
partner = invoke("ory:index/getTrustedOauth2JwtGrantIssuer:getTrustedOauth2JwtGrantIssuer", {
  issuer = "https://partner.example.com"
})

output "trustedUntil" {
  value = partner.expiresAt
}

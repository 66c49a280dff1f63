# Assertions of this issuer may name one subject.
resource "partner" "ory:index/trustedOauth2JwtGrantIssuer:TrustedOauth2JwtGrantIssuer" {
  issuer = "https://partner.example.com"
  subject = "orders@partner.example.com"
  scope = ["orders:read"]
  expiresAt = "2035-01-01T00:00:00Z"
  jwk = toJSON({
    "kty" = "EC",
    "kid" = "partner-2026",
    "use" = "sig",
    "alg" = "ES256",
    "crv" = "P-256",
    "x" = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
    "y" = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
  })
}

# Assertions of this issuer may name one subject.
resource "ory_trusted_oauth2_jwt_grant_issuer" "partner" {
  issuer     = "https://partner.example.com"
  subject    = "orders@partner.example.com"
  scope      = ["orders:read"]
  expires_at = "2035-01-01T00:00:00Z"

  jwk = jsonencode({
    kty = "EC"
    kid = "partner-2026"
    use = "sig"
    alg = "ES256"
    crv = "P-256"
    x   = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
    y   = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
  })
}

# Assertions of this one may name anybody.
resource "ory_trusted_oauth2_jwt_grant_issuer" "directory" {
  issuer            = "https://directory.example.com"
  allow_any_subject = true
  scope             = ["openid", "profile"]
  expires_at        = "2035-01-01T00:00:00Z"

  jwk = jsonencode({
    kty = "EC"
    kid = "directory-2026"
    use = "sig"
    alg = "ES256"
    crv = "P-256"
    x   = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
    y   = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
  })
}

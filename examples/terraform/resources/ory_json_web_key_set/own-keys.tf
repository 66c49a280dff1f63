# Keys of your own. Others in the set are left alone.
resource "ory_json_web_key_set" "partners" {
  set_id = "partners"

  jwks = jsonencode({
    keys = [{
      kty = "EC"
      kid = "partner-1"
      use = "sig"
      alg = "ES256"
      crv = "P-256"
      x   = "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4"
      y   = "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"
    }]
  })
}

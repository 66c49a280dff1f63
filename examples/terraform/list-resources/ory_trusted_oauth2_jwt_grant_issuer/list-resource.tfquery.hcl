list "ory_trusted_oauth2_jwt_grant_issuer" "partner" {
  provider         = ory
  include_resource = true

  config {
    issuer = "https://partner.example.com"
  }
}

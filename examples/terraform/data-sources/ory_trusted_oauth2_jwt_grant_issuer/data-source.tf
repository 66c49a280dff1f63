# By its id.
data "ory_trusted_oauth2_jwt_grant_issuer" "by_id" {
  grant_id = "9edc811f-4e28-453c-9b46-4de65f00217f"
}

# By the issuer, if it has one grant.
data "ory_trusted_oauth2_jwt_grant_issuer" "by_issuer" {
  issuer = "https://partner.example.com"
}

output "partner_trusted_until" {
  value = data.ory_trusted_oauth2_jwt_grant_issuer.by_issuer.expires_at
}

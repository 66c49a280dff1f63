import {
  to = ory_trusted_oauth2_jwt_grant_issuer.partner
  identity = {
    grant_id = "9edc811f-4e28-453c-9b46-4de65f00217f"
  }
}

# A new secret for a client, which applications are told beforehand.
config "newSecret" "string" {
  default = "a-secret-for-the-examples"
}

resource "rotated" "ory:index/oauth2ClientRotateSecret:Oauth2ClientRotateSecret" {
  clientId = "shop"
  clientSecret = secret(newSecret)
}

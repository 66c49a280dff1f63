# Sign-in with Google, with an identity made of the address that Google has.
resource "google" "ory:index/socialProvider:SocialProvider" {
  providerId = "google"
  providerType = "google"
  clientId = "1234.apps.googleusercontent.com"
  clientSecret = "what-google-gave"
  scope = ["email", "profile"]
}

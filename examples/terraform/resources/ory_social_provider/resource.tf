# Sign-in with Google, with an identity made of the address that Google has.
resource "ory_social_provider" "google" {
  provider_id   = "google"
  provider_type = "google"
  client_id     = "1234.apps.googleusercontent.com"
  client_secret = "what-google-gave"
  scope         = ["email", "profile"]
}

# A company's own OpenID Connect provider, with a mapper of one's own.
resource "ory_social_provider" "corporate" {
  provider_id   = "corporate"
  provider_type = "generic"
  label         = "Corporate account"
  client_id     = "ory"
  client_secret = "what-the-company-gave"
  issuer_url    = "https://sso.example.com"
  scope         = ["openid", "email"]
  mapper_url    = <<-JSONNET
    local claims = std.extVar('claims');
    { identity: { traits: { email: claims.email, name: claims.name } } }
  JSONNET
}

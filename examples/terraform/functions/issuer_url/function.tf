# Of a project's slug, and of a custom domain.
output "issuer" {
  value = provider::ory::issuer_url("elegant-swirles-k2f5a8b3c1")
}

output "own_issuer" {
  value = provider::ory::issuer_url("auth.example.com")
}

# The custom domains of the provider's own project.
data "ory_custom_domains" "all" {}

output "all_custom_domains" {
  value = { for domain in data.ory_custom_domains.all.custom_domains : domain.hostname => domain.verification_status }
}

# A service whose secret is used for thirty days. The old one works for three more, in which the service is given the new one.
resource "ory_oauth2_client" "rotated" {
  client_name = "Billing"
  grant_types = ["client_credentials"]

  secret_rotation = {
    period  = "720h"
    overlap = "72h"
    trigger = "2026-11" # another text rotates the secret at once
  }
}

output "billing_secret" {
  value     = ory_oauth2_client.rotated.client_secret
  sensitive = true
}

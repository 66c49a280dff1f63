# A secret that comes from elsewhere and never enters the state or a plan
# (Terraform and OpenTofu 1.11 or newer).
variable "billing_client_secret" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "ory_oauth2_client" "billing" {
  client_name = "Billing"
  grant_types = ["client_credentials"]

  client_secret_wo         = var.billing_client_secret
  client_secret_wo_version = "1" # another text sends the secret again
}

# A module of a team's own, with tests: what every service of theirs gets.
#
#   janiform emulator &
#   export ORY_HYDRA_ADMIN_URL=http://127.0.0.1:4445
#   terraform init && terraform test

terraform {
  required_version = ">= 1.6"
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

variable "name" {
  description = "The service's name: lower case, words joined by hyphens."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]*$", var.name))
    error_message = "Lower case, words joined by hyphens."
  }
}

variable "scopes" {
  description = "What it may ask for."
  type        = set(string)
}

resource "ory_oauth2_client" "service" {
  client_name = var.name
  grant_types = ["client_credentials"]
  scope       = join(" ", sort(var.scopes))
  audience    = ["https://${var.name}.internal.example.com"]

  # Short, as nobody can take a token back that is checked without asking.
  client_credentials_grant_access_token_lifespan = "15m"
}

output "client_id" {
  description = "Its id."
  value       = ory_oauth2_client.service.client_id
}

output "client_secret" {
  description = "Its secret."
  value       = ory_oauth2_client.service.client_secret
  sensitive   = true
}

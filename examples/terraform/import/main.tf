# Takes a client that exists already under management, by its id:
#
#   terraform apply -var client_id=…
#
# The configuration says what the client is now; a difference would be shown as
# a change before anything is done.

terraform {
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

provider "ory" {}

variable "client_id" {
  description = "Id of the client to import."
  type        = string
}

import {
  to = ory_oauth2_client.imported
  id = var.client_id
}

resource "ory_oauth2_client" "imported" {
  client_name = "Order service"
  grant_types = ["client_credentials"]
  scope       = "orders:read orders:write"
  audience    = ["https://orders.example.com"]

  client_credentials_grant_access_token_lifespan = "1h"
}

# The server tells a secret only once, when it is made: an imported client's is
# not known here.
output "client_id" {
  value = ory_oauth2_client.imported.client_id
}

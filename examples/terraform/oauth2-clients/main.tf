# Three OAuth 2.0 clients, one for each kind of application.
#
# The provider is configured by the environment: ORY_HYDRA_ADMIN_URL for a
# self-hosted Ory Hydra or `janiform emulator`, or ORY_PROJECT_SLUG and
# ORY_PROJECT_API_KEY for a project of Ory Network.

terraform {
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

provider "ory" {}

# Machine to machine: a service that calls others on its own behalf.
resource "ory_oauth2_client" "machine" {
  client_name = "Order service"
  grant_types = ["client_credentials"]
  scope       = "orders:read orders:write"
  audience    = [var.api_audience]

  client_credentials_grant_access_token_lifespan = "1h"
}

# A web application: its server keeps the secret and refreshes tokens.
resource "ory_oauth2_client" "web" {
  client_name                = "Shop"
  grant_types                = ["authorization_code", "refresh_token"]
  response_types             = ["code"]
  scope                      = "openid offline_access profile email"
  token_endpoint_auth_method = "client_secret_basic"

  redirect_uris             = ["${var.web_origin}/callback"]
  post_logout_redirect_uris = ["${var.web_origin}/goodbye"]
  allowed_cors_origins      = [var.web_origin]

  skip_consent = true # an application of our own
}

# A single-page application: what runs in a browser keeps no secret.
resource "ory_oauth2_client" "spa" {
  client_name                = "Dashboard"
  grant_types                = ["authorization_code", "refresh_token"]
  response_types             = ["code"]
  scope                      = "openid profile"
  token_endpoint_auth_method = "none"

  redirect_uris        = ["${var.spa_origin}/callback", "http://localhost:3000/callback"]
  allowed_cors_origins = [var.spa_origin]
}

# A project of Ory Network from nothing, in one apply: the workspace is taken over, and the project is made in it, with its
# configuration, a key and what is inside. The workspace's key is in ORY_WORKSPACE_API_KEY.

terraform {
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

variable "workspace_id" {
  description = "Id of the workspace."
  type        = string
}

provider "ory" {
  workspace_id = var.workspace_id
}

# What is inside the project: neither its slug nor its key is known before the project is there.
provider "ory" {
  alias           = "shop"
  project_slug    = ory_project.shop.slug
  project_api_key = ory_project_api_key.terraform.value
}

import {
  to = ory_workspace.ours
  id = var.workspace_id
}

resource "ory_workspace" "ours" {
  name = "Our company"
}

resource "ory_project" "shop" {
  name         = "Shop"
  environment  = "stage"
  home_region  = "eu-central"
  workspace_id = ory_workspace.ours.id
}

# What is not set here stays as Ory made it.
resource "ory_project_config" "shop" {
  project_id = ory_project.shop.id

  cors_enabled = true
  cors_origins = ["https://shop.example.com"]

  selfservice_default_browser_return_url                  = "https://shop.example.com/"
  allowed_return_urls                                     = ["https://shop.example.com/welcome"]
  selfservice_methods_password_config_min_password_length = 12
  session_lifespan                                        = "720h"

  strict_security = true
}

# What has no attribute yet.
resource "ory_project_raw_config" "sign_in" {
  project_id = ory_project.shop.id

  config = jsonencode({ services = { identity = { config = { selfservice = { flows = { login = { after = {
    hooks = [{ hook = "web_hook", config = { url = "https://shop.example.com/signed-in", method = "POST" } }]
  } } } } } } } })
}

# Told of everybody who has registered with a password.
resource "ory_action" "welcome" {
  project_id      = ory_project.shop.id
  flow            = "registration"
  timing          = "after"
  url             = "https://shop.example.com/registered"
  response_ignore = true
  body            = "function(ctx) { email: ctx.identity.traits.email }"
}

resource "ory_email_template" "recovery" {
  project_id     = ory_project.shop.id
  template_type  = "recovery_code_valid"
  subject        = "Your way back into the shop"
  body_html      = "<p>Your code is <b>{{ .RecoveryCode }}</b>.</p>"
  body_plaintext = "Your code is {{ .RecoveryCode }}."
}

resource "ory_project_api_key" "terraform" {
  project_id = ory_project.shop.id
  name       = "Terraform"
  expires_at = "2035-01-01T00:00:00Z"
}

resource "ory_organization" "acme" {
  project_id       = ory_project.shop.id
  label            = "Acme"
  domains          = ["acme.example"]
  default_region   = "eu-central"
  session_lifespan = "12h"
}

# Its people sign in with its own identity provider, which also says who works there; all others may come with Google.
resource "ory_saml_provider" "acme" {
  project_id           = ory_project.shop.id
  provider_id          = "acme"
  label                = "Acme"
  organization_id      = ory_organization.acme.id
  raw_idp_metadata_xml = "https://idp.acme.example/metadata"
}

resource "ory_scim_client" "acme" {
  project_id                  = ory_project.shop.id
  client_id                   = "acme"
  organization_id             = ory_organization.acme.id
  label                       = "Acme"
  authorization_header_secret = "a-secret-for-acme"
  mapper_url                  = "local claims = std.extVar('claims'); { identity: { traits: { email: claims.email } } }"
}

resource "ory_social_provider" "google" {
  project_id    = ory_project.shop.id
  provider_id   = "google"
  provider_type = "google"
  client_id     = "1234.apps.googleusercontent.com"
  client_secret = "what-google-gave"
  scope         = ["email", "profile"]
}

resource "ory_oauth2_client" "orders" {
  provider    = ory.shop
  client_name = "Order service"
  grant_types = ["client_credentials"]
  scope       = "orders:read"
}

# What another configuration can look up of it.

data "ory_workspace" "ours" {
  id = ory_workspace.ours.id
}

data "ory_project" "shop" {
  slug       = ory_project.shop.slug
  depends_on = [ory_project.shop]
}

data "ory_organization" "acme" {
  project_id = ory_project.shop.id
  label      = ory_organization.acme.label
}

data "ory_project_config" "shop" {
  project_id = ory_project_config.shop.project_id
  depends_on = [ory_project_config.shop]
}

output "workspace" {
  value = data.ory_workspace.ours.name
}

output "tier" {
  value = data.ory_project.shop.environment
}

output "customer" {
  value = data.ory_organization.acme.domains
}

output "sessions" {
  value = data.ory_project_config.shop.session_lifespan
}

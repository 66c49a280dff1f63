terraform {
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

variable "ory_project_api_key" {
  description = "Key of the project (ory_pat_…)."
  type        = string
  sensitive   = true
}

# A project of Ory Network.
provider "ory" {
  project_slug    = "elegant-swirles-k2f5a8b3c1"
  project_api_key = var.ory_project_api_key
}

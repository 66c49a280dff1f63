terraform {
  required_providers {
    ory = {
      source = "janiform/ory"
    }
  }
}

# A self-hosted Ory Hydra, or the local one that `janiform emulator` runs.
# Without this argument, ORY_HYDRA_ADMIN_URL names it.
provider "ory" {
  hydra_admin_url = "http://127.0.0.1:4445"
}

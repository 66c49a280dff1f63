# Somebody who moves here with an authenticator app and recovery codes that never enter the state
# (Terraform and OpenTofu 1.11 or newer).
variable "dora_totp" {
  type      = string
  sensitive = true
  ephemeral = true
}

variable "dora_codes" {
  type      = list(string)
  sensitive = true
  ephemeral = true
}

resource "ory_identity" "dora" {
  schema_id = "person"

  traits = jsonencode({
    email = "dora@example.com"
  })

  hashed_password = "$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq"

  totp = {
    url_wo         = var.dora_totp
    url_wo_version = "1" # another text sends it again
  }

  lookup_secret = {
    codes_wo         = var.dora_codes
    codes_wo_version = "1"
  }

  passkey = {
    user_handle = "ZG9yYQ=="
    credentials = [{
      id         = "ZG9yYS1waG9uZQ=="
      public_key = "pQECAyYgASFYIDDwsm9G"
      flags      = { backup_eligible = true }
    }]
  }
}

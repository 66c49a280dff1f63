# The password is in no state and no plan. Change the version to send another one.
resource "ory_action" "audit" {
  flow   = "login"
  timing = "after"
  url    = "https://api.example.com/hooks/audit"

  webhook_auth_type                           = "basic_auth"
  webhook_auth_basic_auth_user                = "ory"
  webhook_auth_basic_auth_password_wo         = var.hook_password
  webhook_auth_basic_auth_password_wo_version = "1"
}

variable "hook_password" {
  type      = string
  ephemeral = true
}

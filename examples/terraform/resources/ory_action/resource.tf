# Called after somebody has registered with a password; nobody waits for the answer.
resource "ory_action" "welcome" {
  flow            = "registration"
  timing          = "after"
  url             = "https://api.example.com/hooks/welcome"
  response_ignore = true
  body            = <<-JSONNET
    function(ctx) { email: ctx.identity.traits.email }
  JSONNET

  webhook_auth_type          = "api_key"
  webhook_auth_api_key_name  = "X-API-Key"
  webhook_auth_api_key_value = var.hook_key
  webhook_auth_api_key_in    = "header"
}

# Asked before anybody signs in, in whatever way: the answer may stop it.
resource "ory_action" "check" {
  flow          = "login"
  timing        = "before"
  url           = "https://api.example.com/hooks/check"
  can_interrupt = true
}

variable "hook_key" {
  type      = string
  sensitive = true
}

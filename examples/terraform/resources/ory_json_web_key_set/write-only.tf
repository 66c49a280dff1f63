# Private keys that come from elsewhere and never enter the state or a plan
# (Terraform and OpenTofu 1.11 or newer).
variable "signing_keys" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "ory_json_web_key_set" "signing" {
  set_id          = "signing"
  jwks_wo         = var.signing_keys
  jwks_wo_version = "1" # another text sends the keys again
}

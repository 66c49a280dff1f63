variable "a_credential" {
  type      = string
  sensitive = true
  default   = "somebody-s-key"
}

data "ory_api_key_verification" "given" {
  credential = var.a_credential
}

output "is_the_key_good" {
  value = data.ory_api_key_verification.given.is_valid
}

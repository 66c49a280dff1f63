variable "new_secret" {
  type      = string
  ephemeral = true
}

# terraform apply -invoke=action.ory_oauth2_client_rotate_secret.shop
action "ory_oauth2_client_rotate_secret" "shop" {
  config {
    client_id     = "shop"
    client_secret = var.new_secret
  }
}

variable "recipient" {
  description = "The public key of who is to have the new secret (openssl rsa -pubout)."
  type        = string
}

# For a key that has to end now: `terraform apply -invoke=action.ory_api_key_rotate.leaked`
action "ory_api_key_rotate" "leaked" {
  config {
    key_id  = "9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f"
    seal_to = var.recipient
  }
}

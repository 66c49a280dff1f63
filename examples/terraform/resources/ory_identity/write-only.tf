# A password that comes from elsewhere and never enters the state or a plan
# (Terraform and OpenTofu 1.11 or newer).
variable "robot_password" {
  type      = string
  sensitive = true
  ephemeral = true
}

resource "ory_identity" "robot" {
  schema_id = "person"

  traits = jsonencode({
    email = "robot@example.com"
  })

  password_wo         = var.robot_password
  password_wo_version = "1" # another text sends the password again
}

# The mail server's password is in no state (Terraform and OpenTofu 1.11 or newer).
variable "mail_server" {
  description = "URL of the mail server, such as smtps://user:password@mail.example.com:465/."
  type        = string
  sensitive   = true
  ephemeral   = true
}

resource "ory_project" "news" {
  name        = "News"
  environment = "dev"
}

resource "ory_project_config" "news" {
  project_id = ory_project.news.id

  courier_smtp_from_address      = "news@example.com"
  smtp_connection_uri_wo         = var.mail_server
  smtp_connection_uri_wo_version = "1"
}

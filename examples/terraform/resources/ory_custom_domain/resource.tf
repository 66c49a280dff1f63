# The CNAME record of the host name has to lead to `cname_target`.
resource "ory_custom_domain" "auth" {
  hostname             = "auth.example.com"
  cookie_domain        = "example.com"
  cors_enabled         = true
  cors_allowed_origins = ["https://app.example.com"]
  custom_ui_base_url   = "https://app.example.com/auth"
}

output "auth_target" {
  value = ory_custom_domain.auth.cname_target
}

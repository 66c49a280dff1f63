# What people get who sign in with a code, by mail and by SMS.
resource "ory_email_template" "login" {
  template_type  = "login_code_valid"
  subject        = "Your code"
  body_html      = "<p>Your code is <b>{{ .LoginCode }}</b>.</p>"
  body_plaintext = "Your code is {{ .LoginCode }}."
  sms_body       = "Your code is {{ .LoginCode }}."
}

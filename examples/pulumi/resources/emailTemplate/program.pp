# What people get who sign in with a code, by mail and by SMS.
resource "login" "ory:index/emailTemplate:EmailTemplate" {
  templateType = "login_code_valid"
  subject = "Your code"
  bodyHtml = "<p>Your code is <b>{{ .LoginCode }}</b>.</p>"
  bodyPlaintext = "Your code is {{ .LoginCode }}."
  smsBody = "Your code is {{ .LoginCode }}."
}

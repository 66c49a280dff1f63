import pulumi
import janiform_ory as ory

# What people get who sign in with a code, by mail and by SMS.
login = ory.EmailTemplate("login",
    template_type=ory.EmailTemplateTemplateType.LOGIN_CODE_VALID,
    subject="Your code",
    body_html="<p>Your code is <b>{{ .LoginCode }}</b>.</p>",
    body_plaintext="Your code is {{ .LoginCode }}.",
    sms_body="Your code is {{ .LoginCode }}.")

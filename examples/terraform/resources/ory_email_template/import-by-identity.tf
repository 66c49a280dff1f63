import {
  to = ory_email_template.login
  identity = {
    project_id    = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
    template_type = "login_code_valid"
  }
}

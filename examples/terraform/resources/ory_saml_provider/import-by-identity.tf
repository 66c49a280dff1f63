import {
  to = ory_saml_provider.acme
  identity = {
    project_id  = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
    provider_id = "acme"
  }
}

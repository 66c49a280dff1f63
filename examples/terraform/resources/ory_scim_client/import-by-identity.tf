import {
  to = ory_scim_client.okta
  identity = {
    project_id = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
    client_id  = "okta-acme"
  }
}

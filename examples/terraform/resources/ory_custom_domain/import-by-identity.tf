import {
  to = ory_custom_domain.auth
  identity = {
    project_id = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
    id         = "7c2e9d40-1b3a-4f5c-8e6d-9a0b1c2d3e4f"
  }
}

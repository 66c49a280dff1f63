import {
  to = ory_project_raw_config.sign_in
  id = "9f425a8d-7efc-4768-8f23-7647a74fdf13/5b8f3d1c-7a62-4e0f-9a43-2c1d8e7f6b54"
}

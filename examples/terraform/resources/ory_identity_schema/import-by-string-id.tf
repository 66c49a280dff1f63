import {
  to = ory_identity_schema.customer
  id = "9f425a8d-7efc-4768-8f23-7647a74fdf13/26e0ff3bb6a4a1ab9c3d1d29f5ab87c45ff29fbbbd8e4dbd2c0bf4d30d4ac4b9d23f3a1ee07b3e6aafaf7c3e7f2c9b0c0d8b16a5e27aeab2dca1c1f2f3e4d5c6"
}

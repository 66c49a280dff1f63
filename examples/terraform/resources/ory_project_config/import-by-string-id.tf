# The id alone takes nothing over but the id; `:*` takes all that can be read, and `:cors_enabled,cors_origins` these two.
import {
  to = ory_project_config.shop
  id = "9f425a8d-7efc-4768-8f23-7647a74fdf13:*"
}

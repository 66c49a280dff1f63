# Takes over the id alone; the first apply says what is managed.
import {
  to = ory_project_raw_config.sign_in
  id = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
}

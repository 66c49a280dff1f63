import {
  to = ory_action.welcome
  identity = {
    project_id = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
    id         = "9f425a8d-7efc-4768-8f23-7647a74fdf13:registration:after:password:POST:https://api.example.com/hooks/welcome"
  }
}

terraform import ory_action.welcome 9f425a8d-7efc-4768-8f23-7647a74fdf13:registration:after:password:POST:https://api.example.com/hooks/welcome

list "ory_action" "at_sign_in" {
  provider         = ory
  include_resource = true

  config {
    flow = "login"
  }
}

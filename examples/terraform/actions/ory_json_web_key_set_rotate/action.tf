# terraform apply -invoke=action.ory_json_web_key_set_rotate.sessions
action "ory_json_web_key_set_rotate" "sessions" {
  config {
    set_id = "session-tokens"
    keep   = 1
  }
}

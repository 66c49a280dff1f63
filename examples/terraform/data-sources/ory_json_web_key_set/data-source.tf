data "ory_json_web_key_set" "sessions" {
  set_id = "session-tokens"
}

output "public_session_keys" {
  value = jsondecode(data.ory_json_web_key_set.sessions.public_keys).keys
}

import {
  to = ory_json_web_key_set.sessions
  id = "session-tokens"
}

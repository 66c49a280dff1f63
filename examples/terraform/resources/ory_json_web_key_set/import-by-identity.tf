import {
  to = ory_json_web_key_set.sessions
  identity = {
    set_id = "session-tokens"
  }
}

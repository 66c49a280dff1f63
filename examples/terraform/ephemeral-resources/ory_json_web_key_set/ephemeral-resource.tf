# The private keys of a set that is there, for a write-only argument of whoever signs with them.
ephemeral "ory_json_web_key_set" "reports" {
  set_id = "report-signatures"
}

resource "ory_json_web_key_set" "reports" {
  set_id    = "report-signatures"
  key_id    = "2026"
  algorithm = "ES256"
}

# The private key, for a write-only argument of whoever signs with it.
ephemeral "ory_json_web_key_set" "reports" {
  set_id = ory_json_web_key_set.reports.set_id
}

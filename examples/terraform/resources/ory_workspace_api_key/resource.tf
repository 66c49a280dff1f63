# A key of the provider's own workspace, by a person who is signed in.
resource "ory_workspace_api_key" "automation" {
  workspace_id = "b7d3c0a1-4e5f-4a6b-8c7d-9e0f1a2b3c4d"
  name         = "Automation"
  expires_at   = "2035-01-01T00:00:00Z"

  lifecycle {
    # What uses the old one goes on until it has the new one.
    create_before_destroy = true
  }
}

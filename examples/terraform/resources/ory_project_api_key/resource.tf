# A key of the provider's own project, for a pipeline.
resource "ory_project_api_key" "pipeline" {
  name       = "Pipeline"
  expires_at = "2035-01-01T00:00:00Z"

  lifecycle {
    # What uses the old one goes on until it has the new one.
    create_before_destroy = true
  }
}

output "pipeline_key" {
  value     = ory_project_api_key.pipeline.value
  sensitive = true
}

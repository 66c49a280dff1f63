# A key for as long as the run lasts: for a second configuration of this provider, which manages what is inside the project.
ephemeral "ory_project_api_key" "run" {
  name       = "terraform"
  expires_in = "30m"
}

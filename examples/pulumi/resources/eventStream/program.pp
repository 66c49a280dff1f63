# What happens in a project, sent to an endpoint that asks for a key.
resource "watched" "ory:index/project:Project" {
  name = "Watched"
  environment = "stage"
}

resource "alerts" "ory:index/eventStream:EventStream" {
  projectId = watched.id
  type = "https"
  httpsEndpoint = "https://hooks.example.com/ory"
  httpsAuthType = "api_key"
  httpsAuthHeaderName = "X-Api-Key"
  httpsAuthSecret = "s3cret-of-the-hook"
  eventTypes = ["Session*", "*Failed"]
}

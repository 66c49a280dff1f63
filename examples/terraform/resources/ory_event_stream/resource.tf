# What happens in the provider's own project, to a topic of Amazon SNS.
resource "ory_event_stream" "archive" {
  type      = "sns"
  topic_arn = "arn:aws:sns:eu-central-1:123456789012:ory-events"
  role_arn  = "arn:aws:iam::123456789012:role/ory-event-stream"
}

# And some of it to an endpoint that asks for a key.
resource "ory_event_stream" "alerts" {
  type                   = "https"
  https_endpoint         = "https://hooks.example.com/ory"
  https_auth_type        = "api_key"
  https_auth_header_name = "X-Api-Key"
  https_auth_secret      = "s3cret-of-the-hook"
  event_types            = ["Session*", "*Failed"]
}

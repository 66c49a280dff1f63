# The event streams of the provider's own project.
data "ory_event_streams" "all" {}

output "all_event_streams" {
  value = data.ory_event_streams.all.event_streams[*].type
}

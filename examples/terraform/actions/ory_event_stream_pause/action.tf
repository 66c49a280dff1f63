# terraform apply -invoke=action.ory_event_stream_pause.maintenance
action "ory_event_stream_pause" "maintenance" {
  config {
    event_stream_id = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
  }
}

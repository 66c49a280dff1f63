list "ory_event_stream" "all" {
  provider         = ory
  include_resource = true
}

import {
  to = ory_event_stream.alerts
  id = "9f425a8d-7efc-4768-8f23-7647a74fdf13/0f6a3c1e-52d7-4b8e-9f10-6a7b8c9d0e1f"
}

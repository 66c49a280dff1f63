import {
  to = ory_oauth2_client.machine
  identity = {
    client_id = "0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1"
  }
}

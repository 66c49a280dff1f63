import {
  to = ory_api_key.customer
  id = "7b1c9a52-3f0e-4c86-9d3e-6a5b4c3d2e1f"
}

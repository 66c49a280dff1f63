import {
  to = ory_imported_api_key.old
  identity = {
    key_id = "3f6b1c8d2e7a4f509b8c6d1e2f3a4b5c6d7e8f9a0b1c2d3e4f5a6b7c8d9e0f1a"
  }
}

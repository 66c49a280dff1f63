list "ory_api_key" "customer" {
  provider = ory

  config {
    actor_id = "customer-4711"
    status   = "active"
  }
}

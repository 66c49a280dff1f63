# Each run block plans or applies the module; what was made is destroyed at the end.

variables {
  name   = "orders"
  scopes = ["orders:write", "orders:read"]
}

# Without touching the server.
run "scopes_are_sorted" {
  command = plan

  assert {
    condition     = ory_oauth2_client.service.scope == "orders:read orders:write"
    error_message = "The order of a set must not show."
  }
}

run "names_are_checked" {
  command = plan

  variables {
    name = "Order Service"
  }

  expect_failures = [var.name]
}

# On the server that the environment names.
run "a_service_is_made" {
  assert {
    condition     = output.client_id != "" && output.client_secret != ""
    error_message = "A service needs both to get a token."
  }

  assert {
    condition     = ory_oauth2_client.service.token_endpoint_auth_method != "none"
    error_message = "A service has to keep its secret."
  }
}

run "it_is_renamed_in_place" {
  command = plan

  variables {
    name = "invoices"
  }

  # The id of another client would be known only after the apply.
  assert {
    condition     = output.client_id != ""
    error_message = "Another id would lock the running service out."
  }

  assert {
    condition     = contains(ory_oauth2_client.service.audience, "https://invoices.internal.example.com")
    error_message = "The audience follows the name."
  }
}

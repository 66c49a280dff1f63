# Of the provider's own project. What is not set here is left as it is.
resource "ory_project_config" "shop" {
  cors_enabled = true
  cors_origins = ["https://shop.example.com"]

  selfservice_default_browser_return_url = "https://shop.example.com/"
  allowed_return_urls                    = ["https://shop.example.com/welcome"]
  selfservice_flows_login_ui_url         = "https://shop.example.com/login"

  selfservice_methods_passkey_enabled                     = true
  selfservice_methods_password_config_min_password_length = 12

  session_lifespan        = "720h"
  oauth2_ttl_access_token = "30m"

  account_experience_privacy_policy_url = "https://shop.example.com/privacy"
}

# A hook that calls the shop after each sign-in, for which `ory_project_config` has no attribute.
resource "ory_project_raw_config" "sign_in" {
  config = jsonencode({
    services = {
      identity = {
        config = {
          selfservice = {
            flows = {
              login = {
                after = {
                  hooks = [{
                    hook = "web_hook"
                    config = {
                      url    = "https://shop.example.com/signed-in"
                      method = "POST"
                      body   = "base64://ZnVuY3Rpb24oY3R4KSB7IGlkOiBjdHguaWRlbnRpdHkuaWQgfQ=="
                    }
                  }]
                }
              }
            }
          }
        }
      }
    }
  })
}

# A hook that calls the forum after each sign-in, for which `ProjectConfig` has no property.
resource "forum" "ory:index/project:Project" {
  name = "Forum"
  environment = "dev"
}

resource "signIn" "ory:index/projectRawConfig:ProjectRawConfig" {
  projectId = forum.id
  config = toJSON({
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
                      url = "https://forum.example.com/signed-in"
                      method = "POST"
                      body = "base64://ZnVuY3Rpb24oY3R4KSB7IGlkOiBjdHguaWRlbnRpdHkuaWQgfQ=="
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

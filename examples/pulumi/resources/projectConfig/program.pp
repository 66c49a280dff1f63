# A project and how it is configured, in one update. What is not set is left as it is.
resource "portal" "ory:index/project:Project" {
  name = "Portal"
  environment = "dev"
}

resource "portalConfig" "ory:index/projectConfig:ProjectConfig" {
  projectId = portal.id
  corsEnabled = true
  corsOrigins = ["https://portal.example.com"]
  selfserviceDefaultBrowserReturnUrl = "https://portal.example.com/"
  allowedReturnUrls = ["https://portal.example.com/welcome"]
  selfserviceMethodsPasskeyEnabled = true
  selfserviceMethodsPasswordConfigMinPasswordLength = 12
  sessionLifespan = "720h"
  oauth2TtlAccessToken = "30m"
}

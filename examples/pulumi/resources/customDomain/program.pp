# The CNAME record of the host name has to lead to the target.
resource "named" "ory:index/project:Project" {
  name = "Named"
  environment = "stage"
}

resource "auth" "ory:index/customDomain:CustomDomain" {
  projectId = named.id
  hostname = "auth.example.com"
  cookieDomain = "example.com"
  corsEnabled = true
  corsAllowedOrigins = ["https://app.example.com"]
}

output "target" {
  value = auth.cnameTarget
}

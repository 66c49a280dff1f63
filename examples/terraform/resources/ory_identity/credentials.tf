# Somebody who moves here with the password and the social sign-in of another system.
resource "ory_identity" "bob" {
  schema_id = "person"

  traits = jsonencode({
    email = "bob@example.com"
  })

  hashed_password = "$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq"

  oidc = [
    { provider = "github", subject = "1234567" },
  ]
}

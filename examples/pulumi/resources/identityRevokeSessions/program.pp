# Who may not sign in any more has no sessions either.
resource "ann" "ory:index/identity:Identity" {
  schemaId = "default"
  state = "inactive"
  traits = toJSON({
    email = "revoked@example.com"
  })
}

resource "revoked" "ory:index/identityRevokeSessions:IdentityRevokeSessions" {
  identityId = ann.id
  triggers = [ann.state]
}

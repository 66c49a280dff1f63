# Called after somebody has registered with a password; nobody waits for the answer.
resource "welcome" "ory:index/action:Action" {
  flow = "registration"
  timing = "after"
  url = "https://api.example.com/hooks/welcome"
  responseIgnore = true
  body = "function(ctx) { email: ctx.identity.traits.email }"
}

# Asked before anybody signs in, in whatever way: the answer may stop it.
resource "check" "ory:index/action:Action" {
  flow = "login"
  timing = "before"
  url = "https://api.example.com/hooks/check"
  canInterrupt = true
}

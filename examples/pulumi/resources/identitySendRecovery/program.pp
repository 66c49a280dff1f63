# Mail with which somebody gets back into their account.
resource "mail" "ory:index/identitySendRecovery:IdentitySendRecovery" {
  identityId = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
  triggers = ["asked on the phone"]
}

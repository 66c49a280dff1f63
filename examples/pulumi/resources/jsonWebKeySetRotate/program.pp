# A new key each quarter; the one before it stays.
resource "rotated" "ory:index/jsonWebKeySetRotate:JsonWebKeySetRotate" {
  setId = "session-tokens"
  keep = 1
  triggers = ["2026-Q4"]
}

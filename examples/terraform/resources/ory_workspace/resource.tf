# It was made in the Ory Console, and is imported.
resource "ory_workspace" "ours" {
  name = "Our company"
}

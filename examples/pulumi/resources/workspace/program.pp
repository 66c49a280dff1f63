# It was made in the Ory Console: import it.
resource "ours" "ory:index/workspace:Workspace" {
  name = "Our company"
}

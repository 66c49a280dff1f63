import {
  to = ory_workspace.ours
  id = "3f1c8e52-9b04-4d67-8a2e-6c5d4b3a2f10"
}

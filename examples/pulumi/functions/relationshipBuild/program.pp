text = invoke("ory:index/relationshipBuild:relationshipBuild", "files", "report.pdf", "view", ["groups", "staff", "member"])

output "staffMayView" {
  value = text
}

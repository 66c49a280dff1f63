text = invoke("ory:index/relationshipBuild:relationshipBuild", {
  namespace = "files"
  object = "report.pdf"
  relation = "view"
  subject = ["groups", "staff", "member"]
})

output "staffMayView" {
  value = text
}

parts = invoke("ory:index/relationshipParse:relationshipParse", {
  relationship = "files:report.pdf#view@groups:staff#member"
})

output "who" {
  value = parts.subjectSetObject
}

parts = invoke("ory:index/relationshipParse:relationshipParse", "files:report.pdf#view@groups:staff#member")

output "namespace" {
  value = parts.namespace
}

# Fails if the relationship does not exist.
annViews = invoke("ory:index/getRelationship:getRelationship", {
  id = "files:report.pdf#view@ann"
})

output "subject" {
  value = annViews.subjectId
}

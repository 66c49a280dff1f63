# What Ann and Bob may do with the report: ten questions go in one request.
data "ory_permission_checks" "report" {
  checks = [for person in ["ann", "bob"] : {
    namespace  = "files"
    object     = "report.pdf"
    relation   = "view"
    subject_id = person
  }]
}

output "may_view" {
  value = zipmap(["ann", "bob"], data.ory_permission_checks.report.results[*].allowed)
}

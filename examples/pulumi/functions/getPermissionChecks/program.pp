# What Ann and Bob may do with the report: ten questions go in one request.
report = invoke("ory:index/getPermissionChecks:getPermissionChecks", {
  checks = [
    {
      namespace = "files",
      object = "report.pdf",
      relation = "view",
      subjectId = "ann"
    },
    {
      namespace = "files",
      object = "report.pdf",
      relation = "view",
      subjectId = "bob"
    }
  ]
})

output "bothMayView" {
  value = report.allowed
}

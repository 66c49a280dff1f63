list "ory_relationship" "of_the_report" {
  provider         = ory
  include_resource = true

  config {
    namespace = "files"
    object    = "report.pdf"
  }
}

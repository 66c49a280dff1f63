list "ory_email_template" "all" {
  provider         = ory
  include_resource = true
}

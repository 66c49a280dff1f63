output "who_may_view" {
  value = provider::ory::relationship_parse("files:report.pdf#view@groups:staff#member").subject_set_object
}

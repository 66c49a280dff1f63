output "seconds" {
  value = provider::ory::duration_parse("1h30m")
}

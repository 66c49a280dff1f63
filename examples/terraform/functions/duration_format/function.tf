# Thirty days, as Ory writes durations.
output "a_month" {
  value = provider::ory::duration_format(30 * 24 * 3600)
}

seconds = invoke("ory:index/durationParse:durationParse", "1h30m")

output "anHourAndAHalf" {
  value = seconds
}

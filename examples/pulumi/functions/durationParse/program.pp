seconds = invoke("ory:index/durationParse:durationParse", {
  duration = "1h30m"
})

output "seconds" {
  value = seconds
}

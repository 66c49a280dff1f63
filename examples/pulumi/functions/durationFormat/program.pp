text = invoke("ory:index/durationFormat:durationFormat", 2592000)

output "aMonth" {
  value = text
}

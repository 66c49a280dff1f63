text = invoke("ory:index/durationFormat:durationFormat", {
  seconds = 2592000
})

output "aMonth" {
  value = text
}

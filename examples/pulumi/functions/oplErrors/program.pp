errors = invoke("ory:index/oplErrors:oplErrors", {
  source = "class User implements Namespace {}"
})

output "errors" {
  value = errors
}

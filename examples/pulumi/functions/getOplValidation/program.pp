# Whether Ory takes a permission model, before anything is changed.
checked = invoke("ory:index/getOplValidation:getOplValidation", {
  source = "class User implements Namespace {}"
})

output "namespacesAreValid" {
  value = checked.valid
}

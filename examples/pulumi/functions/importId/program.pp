id = invoke("ory:index/importId:importId", "ory_organization", {
  project_id = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
  id = "3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d"
})

output "organization" {
  value = id
}

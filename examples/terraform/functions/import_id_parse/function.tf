# Its project and its own id.
output "organization_id" {
  value = provider::ory::import_id_parse("ory_organization", "9f425a8d-7efc-4768-8f23-7647a74fdf13/3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d")
}

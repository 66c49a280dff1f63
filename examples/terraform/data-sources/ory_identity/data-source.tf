# By its id.
data "ory_identity" "by_id" {
  id = "9f425a8d-7efc-4768-8f23-7647a74fdf13"
}

# By an id of your own.
data "ory_identity" "by_external_id" {
  external_id = "customer-4711"
}

output "ann_email" {
  value = jsondecode(data.ory_identity.by_id.traits).email
}

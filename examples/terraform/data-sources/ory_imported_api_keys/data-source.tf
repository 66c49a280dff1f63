data "ory_imported_api_keys" "all" {}

output "imported_api_keys" {
  value = { for key in data.ory_imported_api_keys.all.imported_api_keys : key.key_id => key.expire_time }
}

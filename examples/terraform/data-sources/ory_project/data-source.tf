# By its id; by its slug or its name, if only one project has that; or the provider's own.
data "ory_project" "shop" {
  name = "Shop"
}

output "shop_slug" {
  value = data.ory_project.shop.slug
}

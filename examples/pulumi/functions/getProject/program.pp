# By its id; by its slug or its name, if only one project has that; or the provider's own.
shop = invoke("ory:index/getProject:getProject", {
  name = "Shop"
})

output "slug" {
  value = shop.slug
}

# The shop's project, and one to try changes in.
resource "ory_project" "shop" {
  name        = "Shop"
  environment = "prod"
  home_region = "eu-central"
}

resource "ory_project" "shop_staging" {
  name        = "Shop, to try things"
  environment = "dev"
}

output "shop_issuer" {
  value = "https://${ory_project.shop.slug}.projects.oryapis.com"
}

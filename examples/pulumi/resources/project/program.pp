# The shop's project, and one to try changes in.
resource "shop" "ory:index/project:Project" {
  name = "Shop"
  environment = "prod"
  homeRegion = "eu-central"
  # As long as this is not false, what is of the highest tier is not deleted.
  deletionProtection = false
}

resource "staging" "ory:index/project:Project" {
  name = "Shop, to try things"
  environment = "dev"
}

output "slug" {
  value = shop.slug
}

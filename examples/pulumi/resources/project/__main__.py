import pulumi
import janiform_ory as ory

# The shop's project, and one to try changes in.
shop = ory.Project("shop",
    name="Shop",
    environment=ory.ProjectEnvironment.PROD,
    home_region=ory.ProjectHomeRegion.EU_CENTRAL,
    deletion_protection=False)
staging = ory.Project("staging",
    name="Shop, to try things",
    environment=ory.ProjectEnvironment.DEV)
pulumi.export("slug", shop.slug)

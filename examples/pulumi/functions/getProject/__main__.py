import pulumi
import janiform_ory as ory

# By its id; by its slug or its name, if only one project has that; or the provider's own.
shop = ory.get_project(name="Shop")
pulumi.export("slug", shop.slug)

import pulumi
import janiform_ory as ory

# What is in force in a project: in the provider's own, or in that with this id.
shop = ory.get_project(name="Shop")
shop_config = ory.get_project_config(project_id=shop.id)
pulumi.export("returnUrl", shop_config.selfservice_default_browser_return_url)

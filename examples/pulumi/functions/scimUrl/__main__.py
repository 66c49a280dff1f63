import pulumi
import janiform_ory as ory

url = ory.scim_url("elegant-swirles-k2f5a8b3c1", "okta-acme")
pulumi.export("scim", url)

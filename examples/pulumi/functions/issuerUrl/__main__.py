import pulumi
import janiform_ory as ory

url = ory.issuer_url("elegant-swirles-k2f5a8b3c1")
pulumi.export("issuer", url)

import pulumi
import janiform_ory as ory

# For a gateway that checks tokens derived from API keys by itself.
keys = ory.get_api_key_jwks()
pulumi.export("keySet", keys.jwks)

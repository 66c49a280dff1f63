import pulumi
import janiform_ory as ory

# By its name, if only one client has it; or by its clientId.
wiki = ory.get_oidc_dynamic_client(client_name="Wiki")
pulumi.export("scope", wiki.scope)

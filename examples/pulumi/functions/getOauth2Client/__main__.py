import pulumi
import janiform_ory as ory

# By its name, if only one client has it; or by its clientId.
order_service = ory.get_oauth2_client(client_name="Order service")
pulumi.export("scope", order_service.scope)

import pulumi
import janiform_ory as ory

shops_var = ory.get_oauth2_clients(client_name="Shop")
pulumi.export("shops", shops_var.clients)

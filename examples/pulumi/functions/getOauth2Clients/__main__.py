import pulumi
import janiform_ory as ory

# Every client of this name; or of one owner; or all of them.
shops = ory.get_oauth2_clients(client_name="Shop")

import pulumi
import janiform_ory as ory

# The keys of a customer that are neither revoked nor expired.
active = ory.get_api_keys(actor_id="customer-4711",
    status="active")

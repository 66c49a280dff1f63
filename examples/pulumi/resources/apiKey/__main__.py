import pulumi
import janiform_ory as ory

# A key for a customer of your API, which another one takes the place of in time.
customer = ory.ApiKey("customer",
    name="Acme's integration",
    actor_id="customer-4711",
    scopes=[
        "orders:read",
        "orders:write",
    ],
    ttl="90d",
    renew_before="14d")
pulumi.export("customerApiKey", customer.secret)

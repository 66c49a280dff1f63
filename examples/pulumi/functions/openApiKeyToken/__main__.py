import pulumi
import janiform_ory as ory
import janiform_ory as ory

# What reads orders in this run can do no more.
reports = ory.ApiKey("reports",
    name="Reports",
    actor_id="reports",
    scopes=[
        "orders:read",
        "orders:write",
    ],
    ttl="30d")
token = ory.open_api_key_token_output(credential=reports.secret,
    ttl="15m",
    scopes=["orders:read"],
    audiences=["https://orders.example.com"])
pulumi.export("ends", token.expire_time)

import pulumi
import janiform_ory as ory

# A key that a customer has used for years, and goes on to use.
old = ory.ImportedApiKey("old",
    name="Acme's old key",
    actor_id="customer-4711",
    scopes=["orders:read"],
    raw_key="acme-8d1f6c3b5a2e",
    ttl="1y")

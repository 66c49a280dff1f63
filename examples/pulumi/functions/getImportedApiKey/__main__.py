import pulumi
import janiform_ory as ory
import janiform_ory as ory

known = ory.ImportedApiKey("known",
    name="Known, too",
    actor_id="customer-4712",
    raw_key="known-5c2d8f1e9a7b",
    ttl="30d")
found = ory.get_imported_api_key_output(key_id=known.key_id)
pulumi.export("status", found.status)

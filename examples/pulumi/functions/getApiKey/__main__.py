import pulumi
import janiform_ory as ory
import janiform_ory as ory

known = ory.ApiKey("known",
    name="Known",
    actor_id="customer-4712",
    ttl="30d")
found = ory.get_api_key_output(key_id=known.key_id)
pulumi.export("ends", found.expire_time)

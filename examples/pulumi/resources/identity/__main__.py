import pulumi
import janiform_ory as ory
import json

# A person; the schema says which traits there are.
ann = ory.Identity("ann",
    schema_id="default",
    external_id="customer-4711",
    state=ory.IdentityStateValue.ACTIVE,
    traits=json.dumps({
        "email": "ann@example.com",
    }),
    metadata_public=json.dumps({
        "plan": "pro",
    }))
pulumi.export("annId", ann.id)

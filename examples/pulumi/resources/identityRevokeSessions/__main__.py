import pulumi
import janiform_ory as ory
import json

# Who may not sign in any more has no sessions either.
ann = ory.Identity("ann",
    schema_id="default",
    state=ory.IdentityStateValue.INACTIVE,
    traits=json.dumps({
        "email": "revoked@example.com",
    }))
revoked = ory.IdentityRevokeSessions("revoked",
    identity_id=ann.id,
    triggers=[ann.state])

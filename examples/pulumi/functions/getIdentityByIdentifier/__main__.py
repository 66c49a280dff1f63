import pulumi
import janiform_ory as ory

# Whoever signs in with this address.
ann = ory.get_identity_by_identifier(identifier="ann@example.com")
pulumi.export("annByIdentifier", ann.id)

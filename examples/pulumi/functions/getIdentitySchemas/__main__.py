import pulumi
import janiform_ory as ory

all = ory.get_identity_schemas()

import pulumi
import janiform_ory as ory

# By its id or, if only one workspace has that, its name; or the provider's own.
ours = ory.get_workspace(name="Our company")
pulumi.export("createdAt", ours.created_at)

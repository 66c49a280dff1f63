import pulumi
import janiform_ory as ory

# It was made in the Ory Console: import it.
ours = ory.Workspace("ours", name="Our company")

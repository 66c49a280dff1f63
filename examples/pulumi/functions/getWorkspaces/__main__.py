import pulumi
import janiform_ory as ory

# The workspaces that the key may see.
all = ory.get_workspaces()

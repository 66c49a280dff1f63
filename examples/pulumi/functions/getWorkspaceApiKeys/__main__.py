import pulumi
import janiform_ory as ory

# The keys of a workspace, for a person who is signed in.
mine = ory.get_workspace(name="Our company")
all = ory.get_workspace_api_keys(workspace_id=mine.id)

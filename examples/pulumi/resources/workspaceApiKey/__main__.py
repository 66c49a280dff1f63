import pulumi
import janiform_ory as ory
import janiform_ory as ory

# A key of a workspace, by a person who is signed in.
mine = ory.get_workspace(name="Our company")
automation = ory.WorkspaceApiKey("automation",
    workspace_id=mine.id,
    name="Automation",
    expires_at="2035-01-01T00:00:00Z")

import pulumi
import janiform_ory as ory

# A project, and who may do what with its documents.
archive = ory.Project("archive",
    name="Archive",
    environment=ory.ProjectEnvironment.DEV)
model = ory.PermissionNamespaces("model",
    project_id=archive.id,
    source="""class User implements Namespace {}
class Document implements Namespace { related: { owners: User[] } }""")

import pulumi
import janiform_ory as ory

# A project, its key, and what is inside it, from nothing in one update.
docs = ory.Project("docs",
    name="Documentation",
    environment=ory.ProjectEnvironment.DEV)
deployer = ory.ProjectApiKey("deployer",
    project_id=docs.id,
    name="Pulumi",
    expires_at="2035-01-01T00:00:00Z")
inside_docs = ory.Provider("insideDocs",
    project_slug=docs.slug,
    project_api_key=deployer.value)
reader = ory.Oauth2Client("reader",
    client_name="Documentation",
    grant_types=[ory.Oauth2ClientGrantType.CLIENT_CREDENTIALS],
    opts = pulumi.ResourceOptions(provider=inside_docs))
pulumi.export("key", deployer.value)

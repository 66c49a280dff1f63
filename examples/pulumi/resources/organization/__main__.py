import pulumi
import janiform_ory as ory

# A project, and the people of a customer in it.
partners = ory.Project("partners",
    name="Partners",
    environment=ory.ProjectEnvironment.STAGE)
acme = ory.Organization("acme",
    project_id=partners.id,
    label="Acme",
    domains=[
        "acme.example",
        "acme.test",
    ],
    session_lifespan="12h")

import pulumi
import janiform_ory as ory

# What happens in a project, sent to an endpoint that asks for a key.
watched = ory.Project("watched",
    name="Watched",
    environment=ory.ProjectEnvironment.STAGE)
alerts = ory.EventStream("alerts",
    project_id=watched.id,
    type=ory.EventStreamType.HTTPS,
    https_endpoint="https://hooks.example.com/ory",
    https_auth_type=ory.EventStreamHttpsAuthType.API_KEY,
    https_auth_header_name="X-Api-Key",
    https_auth_secret="s3cret-of-the-hook",
    event_types=[
        "Session*",
        "*Failed",
    ])

import pulumi
import janiform_ory as ory

# The CNAME record of the host name has to lead to the target.
named = ory.Project("named",
    name="Named",
    environment=ory.ProjectEnvironment.STAGE)
auth = ory.CustomDomain("auth",
    project_id=named.id,
    hostname="auth.example.com",
    cookie_domain="example.com",
    cors_enabled=True,
    cors_allowed_origins=["https://app.example.com"])
pulumi.export("target", auth.cname_target)

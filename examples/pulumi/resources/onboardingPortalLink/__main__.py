import pulumi
import janiform_ory as ory

# A customer, and the link with which they set up their own sign-in.
customers = ory.Project("customers",
    name="Customers",
    environment=ory.ProjectEnvironment.STAGE)
globex = ory.Organization("globex",
    project_id=customers.id,
    label="Globex")
globex_link = ory.OnboardingPortalLink("globexLink",
    project_id=customers.id,
    organization_id=globex.id,
    enable_sso=True,
    enable_scim=False)
pulumi.export("link", globex_link.url)

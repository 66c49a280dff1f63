import pulumi
import janiform_ory as ory

# The organization that the people of a domain belong to.
partners = ory.get_project(name="Partners")
all = ory.get_organizations(project_id=partners.id,
    domain="acme.example")

import pulumi
import janiform_ory as ory

# The links of one customer. They are secret.
partners = ory.get_project(name="Partners")
acme = ory.get_organization(project_id=partners.id,
    label="Acme")
all = ory.get_onboarding_portal_links(project_id=partners.id,
    organization_id=acme.id)

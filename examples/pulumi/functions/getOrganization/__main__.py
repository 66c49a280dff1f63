import pulumi
import janiform_ory as ory

# By its id; or by its label, if only one organization of the project has that.
partners = ory.get_project(name="Partners")
acme = ory.get_organization(project_id=partners.id,
    label="Acme")
pulumi.export("domains", acme.domains)

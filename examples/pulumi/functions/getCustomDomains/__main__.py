import pulumi
import janiform_ory as ory

# The custom domains of a project.
partners = ory.get_project(name="Partners")
all = ory.get_custom_domains(project_id=partners.id)

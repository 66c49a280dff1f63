import pulumi
import janiform_ory as ory

# Who may get into a project.
partners = ory.get_project(name="Partners")
all = ory.get_project_members(project_id=partners.id)

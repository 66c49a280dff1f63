import pulumi
import janiform_ory as ory

# The keys of a project, by their last characters.
partners = ory.get_project(name="Partners")
all = ory.get_project_api_keys(project_id=partners.id)

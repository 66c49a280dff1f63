import pulumi
import janiform_ory as ory

# The event streams of a project.
partners = ory.get_project(name="Partners")
all = ory.get_event_streams(project_id=partners.id)

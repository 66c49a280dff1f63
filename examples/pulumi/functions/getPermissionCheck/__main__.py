import pulumi
import janiform_ory as ory

# Whether Ann may view the report, directly or as a member of a group.
ann_views = ory.get_permission_check(namespace="files",
    object="report.pdf",
    relation="view",
    subject_id="ann")
pulumi.export("annMayView", ann_views.allowed)

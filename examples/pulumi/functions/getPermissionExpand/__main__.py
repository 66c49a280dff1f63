import pulumi
import janiform_ory as ory

# Who may view the report, directly or as a member of a group.
viewers = ory.get_permission_expand(namespace="files",
    object="report.pdf",
    relation="view")
pulumi.export("viewers", viewers.subject_ids)

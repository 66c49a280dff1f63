import pulumi
import janiform_ory as ory

# Ann may view the report.
ann_views = ory.Relationship("annViews",
    namespace="files",
    object="report.pdf",
    relation="view",
    subject_id="ann")
# So may all members of the staff.
staff_views = ory.Relationship("staffViews",
    namespace="files",
    object="report.pdf",
    relation="view",
    subject_set_namespace="groups",
    subject_set_object="staff",
    subject_set_relation="member")

import pulumi
import janiform_ory as ory

# Everybody who may view or edit the plan, and nobody else.
plan = ory.Relationships("plan",
    namespace="files",
    object="plan.pdf",
    exclusive=True,
    relationships=[
        {
            "relation": "edit",
            "subject_id": "bob",
        },
        {
            "relation": "view",
            "subject_set_namespace": "groups",
            "subject_set_object": "staff",
            "subject_set_relation": "member",
        },
    ])

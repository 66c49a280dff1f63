import pulumi
import janiform_ory as ory

# What Ann and Bob may do with the report: ten questions go in one request.
report = ory.get_permission_checks(checks=[
    {
        "namespace": "files",
        "object": "report.pdf",
        "relation": "view",
        "subject_id": "ann",
    },
    {
        "namespace": "files",
        "object": "report.pdf",
        "relation": "view",
        "subject_id": "bob",
    },
])
pulumi.export("bothMayView", report.allowed)

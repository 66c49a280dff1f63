import pulumi
import janiform_ory as ory

text = ory.relationship_build("files", "report.pdf", "view", [
    "groups",
    "staff",
    "member",
])
pulumi.export("staffMayView", text)

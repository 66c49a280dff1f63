import pulumi
import janiform_ory as ory

parts = ory.relationship_parse("files:report.pdf#view@groups:staff#member")
pulumi.export("namespace", parts.namespace)

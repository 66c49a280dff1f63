import pulumi
import janiform_ory as ory

viewers_var = ory.get_relationships(namespace="files",
    object="report.pdf",
    relation="view")
pulumi.export("viewers", viewers_var.relationships)

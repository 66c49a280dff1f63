import pulumi
import janiform_ory as ory

# Who may view the report.
viewers = ory.get_relationships(namespace="files",
    object="report.pdf",
    relation="view")

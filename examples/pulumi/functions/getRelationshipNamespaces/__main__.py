import pulumi
import janiform_ory as ory

# What relationships can be in.
all = ory.get_relationship_namespaces()

import pulumi
import janiform_ory as ory

# Every project that the key may see.
all = ory.get_projects()

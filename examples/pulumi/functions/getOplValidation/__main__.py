import pulumi
import janiform_ory as ory

# Whether Ory takes a permission model, before anything is changed.
checked = ory.get_opl_validation(source="class User implements Namespace {}")
pulumi.export("namespacesAreValid", checked.valid)

import pulumi
import janiform_ory as ory

# By an id of your own; or by its id.
ann = ory.get_identity(external_id="customer-4711")
pulumi.export("traits", ann.traits)

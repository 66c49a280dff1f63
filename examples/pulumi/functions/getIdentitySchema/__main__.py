import pulumi
import janiform_ory as ory

person = ory.get_identity_schema(id="default")
pulumi.export("schema", person.schema)

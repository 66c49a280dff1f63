import pulumi
import janiform_ory as ory

# A project, and what its customers look like. Their identities name it by its id, which Ory makes of its content.
club = ory.Project("club",
    name="Club",
    environment=ory.ProjectEnvironment.DEV)
customer = ory.IdentitySchema("customer",
    project_id=club.id,
    schema_id="customer",
    schema="{\"type\": \"object\", \"properties\": {\"traits\": {\"type\": \"object\", \"properties\": {\"email\": {\"type\": \"string\", \"format\": \"email\", \"ory.sh/kratos\": {\"credentials\": {\"password\": {\"identifier\": true}}}}}}}}")

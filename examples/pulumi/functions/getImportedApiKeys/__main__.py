import pulumi
import janiform_ory as ory

all = ory.get_imported_api_keys(status="active")

import pulumi
import janiform_ory as ory

# The one who signs in with this address; or everybody.
found = ory.get_identities(credentials_identifier="ann@example.com")

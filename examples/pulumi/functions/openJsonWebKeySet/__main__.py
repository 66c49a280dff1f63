import pulumi
import janiform_ory as ory

# The private keys of a set, for whoever signs with them.
sessions = ory.open_json_web_key_set(set_id="session-tokens")
pulumi.export("publicKeys", sessions.public_keys)

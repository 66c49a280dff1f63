import pulumi
import janiform_ory as ory

sessions = ory.get_json_web_key_set(set_id="session-tokens")
pulumi.export("publicKeys", sessions.public_keys)

import pulumi
import janiform_ory as ory

# A key that the server makes. A new keyId rotates it: the new key is there before the old one goes.
sessions = ory.JsonWebKeySet("sessions",
    set_id="session-tokens",
    key_id="2026-01",
    algorithm="ES256",
    use=ory.JsonWebKeySetUse.SIG)
pulumi.export("sessionKeys", sessions.public_keys)

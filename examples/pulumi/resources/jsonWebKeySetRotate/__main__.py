import pulumi
import janiform_ory as ory

# A new key each quarter; the one before it stays.
rotated = ory.JsonWebKeySetRotate("rotated",
    set_id="session-tokens",
    keep=1,
    triggers=["2026-Q4"])

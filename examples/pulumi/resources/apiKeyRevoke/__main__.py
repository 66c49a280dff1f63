import pulumi
import janiform_ory as ory

# A key that has leaked.
leaked = ory.ApiKeyRevoke("leaked",
    key_id="9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f",
    revocation_reason="key_compromise")

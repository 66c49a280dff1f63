import pulumi
import janiform_ory as ory

# A key that a partner has lost.
lost = ory.ImportedApiKeyRevoke("lost",
    key_id="4f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97",
    revocation_reason="key_compromise")

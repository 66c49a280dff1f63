# A key that has leaked.
resource "leaked" "ory:index/apiKeyRevoke:ApiKeyRevoke" {
  keyId = "9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f"
  revocationReason = "key_compromise"
}

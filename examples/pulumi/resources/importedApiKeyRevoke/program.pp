# A key that a partner has lost.
resource "lost" "ory:index/importedApiKeyRevoke:ImportedApiKeyRevoke" {
  keyId = "4f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97"
  revocationReason = "key_compromise"
}

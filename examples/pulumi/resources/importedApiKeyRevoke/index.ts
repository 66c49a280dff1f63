import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A key that a partner has lost.
const lost = new ory.ImportedApiKeyRevoke("lost", {
    keyId: "4f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97c3264f1c0d5be8a97",
    revocationReason: "key_compromise",
});

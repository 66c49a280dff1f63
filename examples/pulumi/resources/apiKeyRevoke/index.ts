import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A key that has leaked.
const leaked = new ory.ApiKeyRevoke("leaked", {
    keyId: "9c2b6a52-3f0e-4a8f-8a43-6f0b1c2d3e4f",
    revocationReason: "key_compromise",
});

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A key that the server makes. A new keyId rotates it: the new key is there before the old one goes.
const sessions = new ory.JsonWebKeySet("sessions", {
    setId: "session-tokens",
    keyId: "2026-01",
    algorithm: "ES256",
    use: ory.JsonWebKeySetUse.Sig,
});
export const sessionKeys = sessions.publicKeys;

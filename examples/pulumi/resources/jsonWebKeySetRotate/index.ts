import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A new key each quarter; the one before it stays.
const rotated = new ory.JsonWebKeySetRotate("rotated", {
    setId: "session-tokens",
    keep: 1,
    triggers: ["2026-Q4"],
});

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The private keys of a set, for whoever signs with them.
const sessions = ory.openJsonWebKeySet({
    setId: "session-tokens",
});
export const publicKeys = sessions.then(sessions => sessions.publicKeys);

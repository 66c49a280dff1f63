import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

const sessions = ory.getJsonWebKeySet({
    setId: "session-tokens",
});
export const publicKeys = sessions.then(sessions => sessions.publicKeys);

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Who may not sign in any more has no sessions either.
const ann = new ory.Identity("ann", {
    schemaId: "default",
    state: ory.IdentityStateValue.Inactive,
    traits: JSON.stringify({
        email: "revoked@example.com",
    }),
});
const revoked = new ory.IdentityRevokeSessions("revoked", {
    identityId: ann.id,
    triggers: [ann.state],
});

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Mail with which somebody gets back into their account.
const mail = new ory.IdentitySendRecovery("mail", {
    identityId: "9f425a8d-7efc-4768-8f23-7647a74fdf13",
    triggers: ["asked on the phone"],
});

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// What runs with it has a token for as long as the run lasts.
const robot = new ory.Oauth2Client("robot", {
    clientName: "Robot",
    grantTypes: [ory.Oauth2ClientGrantType.ClientCredentials],
    scope: "orders:read",
});
const token = ory.openOauth2TokenOutput({
    clientId: robot.clientId,
    clientSecret: robot.clientSecret,
    scope: "orders:read",
});
export const expiresAt = token.expiresAt;

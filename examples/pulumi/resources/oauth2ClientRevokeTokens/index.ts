import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Whoever has a token of the client has to get another one when what the client may do changes.
const shop = new ory.Oauth2Client("shop", {
    clientName: "Shop",
    grantTypes: [ory.Oauth2ClientGrantType.ClientCredentials],
    scope: "orders:read",
});
const revoked = new ory.Oauth2ClientRevokeTokens("revoked", {
    clientId: shop.clientId,
    triggers: [shop.scope],
});

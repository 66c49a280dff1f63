import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A service that calls others on its own behalf.
const machine = new ory.Oauth2Client("machine", {
    clientName: "Order service",
    grantTypes: [ory.Oauth2ClientGrantType.ClientCredentials],
    scope: "orders:read orders:write",
    audience: ["https://orders.example.com"],
    clientCredentialsGrantAccessTokenLifespan: "1h",
});
// A web application whose server keeps the secret.
const web = new ory.Oauth2Client("web", {
    clientName: "Shop",
    grantTypes: [
        ory.Oauth2ClientGrantType.AuthorizationCode,
        ory.Oauth2ClientGrantType.RefreshToken,
    ],
    responseTypes: ["code"],
    scope: "openid offline_access profile",
    redirectUris: ["https://shop.example.com/callback"],
    postLogoutRedirectUris: ["https://shop.example.com/goodbye"],
    allowedCorsOrigins: ["https://shop.example.com"],
    metadata: JSON.stringify({
        team: "shop",
    }),
});
// A single-page application: it cannot keep a secret, so it has none.
const spa = new ory.Oauth2Client("spa", {
    clientName: "Dashboard",
    grantTypes: [
        ory.Oauth2ClientGrantType.AuthorizationCode,
        ory.Oauth2ClientGrantType.RefreshToken,
    ],
    responseTypes: ["code"],
    scope: "openid profile",
    redirectUris: ["https://dashboard.example.com/callback"],
    tokenEndpointAuthMethod: ory.Oauth2ClientTokenEndpointAuthMethod.None,
});
export const clientId = machine.clientId;
export const clientSecret = machine.clientSecret;

// Three OAuth 2.0 clients, one for each kind of application.
//
// The provider is configured by the environment: ORY_HYDRA_ADMIN_URL for a
// self-hosted Ory Hydra or `janiform emulator`, or ORY_PROJECT_SLUG and
// ORY_PROJECT_API_KEY for a project of Ory Network.
import * as ory from "@janiform/ory";

const webOrigin = "https://shop.example.com";
const spaOrigin = "https://dashboard.example.com";

export const program = async () => {
    // Machine to machine: a service that calls others on its own behalf.
    const machine = new ory.Oauth2Client("machine", {
        clientName: "Order service",
        grantTypes: ["client_credentials"],
        scope: "orders:read orders:write",
        audience: ["https://orders.example.com"],
        clientCredentialsGrantAccessTokenLifespan: "1h",
    });
    // To take over a client that exists already, give its id as the third
    // argument: { import: "0f1c2d3e-4b5a-4697-8897-a6b5c4d3e2f1" }.

    // A web application: its server keeps the secret and refreshes tokens.
    const web = new ory.Oauth2Client("web", {
        clientName: "Shop",
        grantTypes: ["authorization_code", "refresh_token"],
        responseTypes: ["code"],
        scope: "openid offline_access profile email",
        tokenEndpointAuthMethod: "client_secret_basic",
        redirectUris: [`${webOrigin}/callback`],
        postLogoutRedirectUris: [`${webOrigin}/goodbye`],
        allowedCorsOrigins: [webOrigin],
        skipConsent: true, // an application of our own
    });

    // A single-page application: what runs in a browser keeps no secret.
    const spa = new ory.Oauth2Client("spa", {
        clientName: "Dashboard",
        grantTypes: ["authorization_code", "refresh_token"],
        responseTypes: ["code"],
        scope: "openid profile",
        tokenEndpointAuthMethod: "none",
        redirectUris: [`${spaOrigin}/callback`, "http://localhost:3000/callback"],
        allowedCorsOrigins: [spaOrigin],
    });

    return {
        machineClientId: machine.clientId,
        machineClientSecret: machine.clientSecret, // encrypted in the stack, hidden in outputs
        // A look-up: what the server says about the client.
        machineScope: ory.getOauth2ClientOutput({ clientId: machine.clientId }).scope,
        webClientId: web.clientId,
        webClientSecret: web.clientSecret,
        spaClientId: spa.clientId,
    };
};

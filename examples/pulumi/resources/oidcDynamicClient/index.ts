import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A client that registers itself, where dynamic client registration is on.
const wiki = new ory.OidcDynamicClient("wiki", {
    clientName: "Wiki",
    grantTypes: [
        ory.OidcDynamicClientGrantType.AuthorizationCode,
        ory.OidcDynamicClientGrantType.RefreshToken,
    ],
    responseTypes: ["code"],
    scope: "openid offline_access",
    redirectUris: ["https://wiki.example.com/callback"],
    contacts: ["wiki@example.com"],
});
export const registrationUri = wiki.registrationClientUri;
export const registrationToken = wiki.registrationAccessToken;

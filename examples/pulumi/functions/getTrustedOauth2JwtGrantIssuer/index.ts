import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// By the issuer, if it has one grant; or by its grantId.
const partner = ory.getTrustedOauth2JwtGrantIssuer({
    issuer: "https://partner.example.com",
});
export const trustedUntil = partner.then(partner => partner.expiresAt);

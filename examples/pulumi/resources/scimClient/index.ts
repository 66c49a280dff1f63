import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The identity provider of a customer says who works there.
const acme = new ory.Organization("acme", {
    label: "Acme",
    domains: ["acme.example"],
});
const okta = new ory.ScimClient("okta", {
    clientId: "okta-acme",
    organizationId: acme.id,
    label: "Okta",
    authorizationHeaderSecret: "a-secret-for-okta",
    mapperUrl: "https://example.com/scim-mapper.jsonnet",
});

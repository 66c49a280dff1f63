import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The people of a customer sign in with the customer's own identity provider.
const acme = new ory.Organization("acme", {
    label: "Acme",
    domains: ["acme.example"],
});
const acmeProvider = new ory.SamlProvider("acmeProvider", {
    providerId: "acme",
    label: "Acme",
    organizationId: acme.id,
    rawIdpMetadataXml: "https://idp.acme.example/metadata",
});

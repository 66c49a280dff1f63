import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The links of one customer. They are secret.
const partners = ory.getProject({
    name: "Partners",
});
const acme = partners.then(partners => ory.getOrganization({
    projectId: partners.id,
    label: "Acme",
}));
const all = Promise.all([partners, acme]).then(([partners, acme]) => ory.getOnboardingPortalLinks({
    projectId: partners.id,
    organizationId: acme.id,
}));

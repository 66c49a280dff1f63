import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// By its id; or by its label, if only one organization of the project has that.
const partners = ory.getProject({
    name: "Partners",
});
const acme = partners.then(partners => ory.getOrganization({
    projectId: partners.id,
    label: "Acme",
}));
export const domains = acme.then(acme => acme.domains);

import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The organization that the people of a domain belong to.
const partners = ory.getProject({
    name: "Partners",
});
const all = partners.then(partners => ory.getOrganizations({
    projectId: partners.id,
    domain: "acme.example",
}));

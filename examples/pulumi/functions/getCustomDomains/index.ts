import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The custom domains of a project.
const partners = ory.getProject({
    name: "Partners",
});
const all = partners.then(partners => ory.getCustomDomains({
    projectId: partners.id,
}));

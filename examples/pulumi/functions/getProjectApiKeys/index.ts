import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The keys of a project, by their last characters.
const partners = ory.getProject({
    name: "Partners",
});
const all = partners.then(partners => ory.getProjectApiKeys({
    projectId: partners.id,
}));

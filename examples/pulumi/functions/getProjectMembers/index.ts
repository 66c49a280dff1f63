import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// Who may get into a project.
const partners = ory.getProject({
    name: "Partners",
});
const all = partners.then(partners => ory.getProjectMembers({
    projectId: partners.id,
}));

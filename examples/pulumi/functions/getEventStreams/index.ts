import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The event streams of a project.
const partners = ory.getProject({
    name: "Partners",
});
const all = partners.then(partners => ory.getEventStreams({
    projectId: partners.id,
}));

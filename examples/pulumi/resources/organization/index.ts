import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A project, and the people of a customer in it.
const partners = new ory.Project("partners", {
    name: "Partners",
    environment: ory.ProjectEnvironment.Stage,
});
const acme = new ory.Organization("acme", {
    projectId: partners.id,
    label: "Acme",
    domains: [
        "acme.example",
        "acme.test",
    ],
    sessionLifespan: "12h",
});

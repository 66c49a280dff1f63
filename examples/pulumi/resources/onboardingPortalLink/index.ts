import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A customer, and the link with which they set up their own sign-in.
const customers = new ory.Project("customers", {
    name: "Customers",
    environment: ory.ProjectEnvironment.Stage,
});
const globex = new ory.Organization("globex", {
    projectId: customers.id,
    label: "Globex",
});
const globexLink = new ory.OnboardingPortalLink("globexLink", {
    projectId: customers.id,
    organizationId: globex.id,
    enableSso: true,
    enableScim: false,
});
export const link = globexLink.url;

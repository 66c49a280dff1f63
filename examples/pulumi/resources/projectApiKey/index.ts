import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A project, its key, and what is inside it, from nothing in one update.
const docs = new ory.Project("docs", {
    name: "Documentation",
    environment: ory.ProjectEnvironment.Dev,
});
const deployer = new ory.ProjectApiKey("deployer", {
    projectId: docs.id,
    name: "Pulumi",
    expiresAt: "2035-01-01T00:00:00Z",
});
const insideDocs = new ory.Provider("insideDocs", {
    projectSlug: docs.slug,
    projectApiKey: deployer.value,
});
const reader = new ory.Oauth2Client("reader", {
    clientName: "Documentation",
    grantTypes: [ory.Oauth2ClientGrantType.ClientCredentials],
}, {
    provider: insideDocs,
});
export const key = deployer.value;

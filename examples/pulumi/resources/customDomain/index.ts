import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// The CNAME record of the host name has to lead to the target.
const named = new ory.Project("named", {
    name: "Named",
    environment: ory.ProjectEnvironment.Stage,
});
const auth = new ory.CustomDomain("auth", {
    projectId: named.id,
    hostname: "auth.example.com",
    cookieDomain: "example.com",
    corsEnabled: true,
    corsAllowedOrigins: ["https://app.example.com"],
});
export const target = auth.cnameTarget;

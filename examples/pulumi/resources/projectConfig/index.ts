import * as pulumi from "@pulumi/pulumi";
import * as ory from "@janiform/ory";

// A project and how it is configured, in one update. What is not set is left as it is.
const portal = new ory.Project("portal", {
    name: "Portal",
    environment: ory.ProjectEnvironment.Dev,
});
const portalConfig = new ory.ProjectConfig("portalConfig", {
    projectId: portal.id,
    corsEnabled: true,
    corsOrigins: ["https://portal.example.com"],
    selfserviceDefaultBrowserReturnUrl: "https://portal.example.com/",
    allowedReturnUrls: ["https://portal.example.com/welcome"],
    selfserviceMethodsPasskeyEnabled: true,
    selfserviceMethodsPasswordConfigMinPasswordLength: 12,
    sessionLifespan: "720h",
    oauth2TtlAccessToken: "30m",
});

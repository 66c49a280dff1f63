//! The programs that Pulumi's documentation of the resources and functions shows: files that tests run
//! and check, put into the binary because the package schema, which it answers with, holds them.

use crate::engine::Program;

macro_rules! programs {
    ($($of:literal),* $(,)?) => {
        &[$(Program {
            of: $of,
            texts: &[
                ("typescript", text!($of, "index.ts")),
                ("python", text!($of, "__main__.py")),
                ("go", text!($of, "main.go")),
                ("csharp", text!($of, "Program.cs")),
                ("yaml", text!($of, "Main.yaml")),
            ],
        }),*]
    };
}

macro_rules! text {
    ($of:literal, $file:literal) => {
        include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/examples/pulumi/", $of, "/", $file))
    };
}

pub(super) static PROGRAMS: &[Program] = programs![
    "functions/getApiKey",
    "functions/getApiKeyJwks",
    "functions/getApiKeyVerification",
    "functions/getApiKeys",
    "functions/getCustomDomains",
    "functions/getEventStreams",
    "functions/getIdentities",
    "functions/getIdentity",
    "functions/getIdentitySchema",
    "functions/getIdentitySchemas",
    "functions/getImportedApiKey",
    "functions/getImportedApiKeys",
    "functions/getJsonWebKeySet",
    "functions/getOauth2Client",
    "functions/getOauth2Clients",
    "functions/getOidcDynamicClient",
    "functions/getOnboardingPortalLinks",
    "functions/getOplValidation",
    "functions/getOrganization",
    "functions/getOrganizations",
    "functions/getPermissionCheck",
    "functions/getProject",
    "functions/getProjectApiKeys",
    "functions/getProjectConfig",
    "functions/getProjectMembers",
    "functions/getProjects",
    "functions/getRelationship",
    "functions/getRelationshipNamespaces",
    "functions/getRelationships",
    "functions/getTrustedOauth2JwtGrantIssuer",
    "functions/getWorkspace",
    "functions/getWorkspaceApiKeys",
    "functions/getWorkspaces",
    "resources/action",
    "resources/apiKey",
    "resources/customDomain",
    "resources/emailTemplate",
    "resources/eventStream",
    "resources/identity",
    "resources/identitySchema",
    "resources/importedApiKey",
    "resources/jsonWebKeySet",
    "resources/oauth2Client",
    "resources/oidcDynamicClient",
    "resources/onboardingPortalLink",
    "resources/organization",
    "resources/permissionNamespaces",
    "resources/project",
    "resources/projectApiKey",
    "resources/projectConfig",
    "resources/projectRawConfig",
    "resources/relationship",
    "resources/relationships",
    "resources/samlProvider",
    "resources/scimClient",
    "resources/socialProvider",
    "resources/trustedOauth2JwtGrantIssuer",
    "resources/workspace",
    "resources/workspaceApiKey",
];

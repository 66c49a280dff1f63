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
    "functions/getIdentities",
    "functions/getIdentity",
    "functions/getIdentitySchema",
    "functions/getIdentitySchemas",
    "functions/getJsonWebKeySet",
    "functions/getOauth2Client",
    "functions/getOauth2Clients",
    "functions/getOidcDynamicClient",
    "functions/getOrganization",
    "functions/getPermissionCheck",
    "functions/getProject",
    "functions/getProjectConfig",
    "functions/getRelationship",
    "functions/getRelationships",
    "functions/getTrustedOauth2JwtGrantIssuer",
    "functions/getWorkspace",
    "resources/action",
    "resources/emailTemplate",
    "resources/identity",
    "resources/jsonWebKeySet",
    "resources/oauth2Client",
    "resources/oidcDynamicClient",
    "resources/organization",
    "resources/project",
    "resources/projectApiKey",
    "resources/projectConfig",
    "resources/projectRawConfig",
    "resources/relationship",
    "resources/relationships",
    "resources/trustedOauth2JwtGrantIssuer",
    "resources/workspace",
];

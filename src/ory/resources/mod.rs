//! Ory's resources and everything else that the provider offers: one file for each, and one line here.

pub mod action;
mod api_key;
mod arrival;
mod client_secret;
pub(super) mod content;
pub mod custom_domain;
mod due;
pub mod email_template;
pub mod event_stream;
mod factors;
mod guards;
pub mod identities;
pub mod identity;
pub mod identity_by_identifier;
pub mod identity_schema;
mod identity_schema_keywords;
pub mod identity_schemas;
pub(super) mod jose;
pub mod json_web_key_set;
mod lists;
mod moment;
pub mod oauth2_client;
pub mod oidc_dynamic_client;
pub mod onboarding_portal_link;
pub mod opl_validation;
pub mod organization;
mod origin;
mod password_hash;
pub mod permission_check;
pub mod permission_checks;
pub mod permission_expand;
pub(super) mod permission_language;
pub mod permission_namespaces;
mod plurals;
pub mod project;
pub mod project_api_key;
pub mod project_config;
mod project_id;
mod project_members;
pub mod project_raw_config;
pub mod relationship;
mod relationship_namespaces;
pub mod relationships;
pub mod saml_provider;
pub mod scim_client;
mod secret_rotation;
pub mod social_provider;
pub mod talos;
pub(super) mod target;
pub mod trusted_issuer;
pub mod workspace;
pub mod workspace_api_key;

use super::{Client, actions, ephemeral, functions};
use crate::engine::{Group, group};

/// Everything that the provider offers, in the order of the generated documents, by the subcategories of the pages.
pub static OFFERS: &[Group<Client>] = &[
    group(
        "OAuth 2.0",
        &[
            oauth2_client::OFFERS,
            oidc_dynamic_client::OFFERS,
            json_web_key_set::OFFERS,
            trusted_issuer::OFFERS,
            lists::OAUTH2,
            functions::OAUTH2,
            ephemeral::OAUTH2,
            actions::OAUTH2,
        ],
    ),
    group(
        "Identities",
        &[
            identity::OFFERS,
            identities::OFFERS,
            identity_by_identifier::OFFERS,
            identity_schemas::OFFERS,
            identity_schema::OFFERS,
            lists::IDENTITIES,
            ephemeral::IDENTITIES,
            actions::IDENTITIES,
        ],
    ),
    group(
        "Permissions",
        &[
            relationship::OFFERS,
            relationships::OFFERS,
            permission_check::OFFERS,
            permission_checks::OFFERS,
            permission_expand::OFFERS,
            permission_namespaces::OFFERS,
            opl_validation::OFFERS,
            plurals::PERMISSIONS,
            lists::PERMISSIONS,
            functions::PERMISSIONS,
        ],
    ),
    group(
        "Workspaces and projects",
        &[
            workspace::OFFERS,
            workspace_api_key::OFFERS,
            project::OFFERS,
            project_api_key::OFFERS,
            plurals::PROJECTS,
            lists::PROJECTS,
            functions::PROJECTS,
            ephemeral::PROJECTS,
        ],
    ),
    group(
        "Project configuration",
        &[
            project_config::OFFERS,
            project_raw_config::OFFERS,
            action::OFFERS,
            email_template::OFFERS,
            social_provider::OFFERS,
            custom_domain::OFFERS,
            event_stream::OFFERS,
            plurals::CONFIGURATION,
            lists::CONFIGURATION,
            functions::CONFIGURATION,
            actions::CONFIGURATION,
        ],
    ),
    group(
        "Organizations",
        &[
            organization::OFFERS,
            saml_provider::OFFERS,
            scim_client::OFFERS,
            onboarding_portal_link::OFFERS,
            plurals::ORGANIZATIONS,
            lists::ORGANIZATIONS,
            functions::ORGANIZATIONS,
        ],
    ),
    group(
        "API keys",
        &[
            talos::issued::OFFERS,
            talos::imported::OFFERS,
            talos::verification::OFFERS,
            talos::key_set::OFFERS,
            plurals::API_KEYS,
            lists::API_KEYS,
            ephemeral::API_KEYS,
            actions::API_KEYS,
        ],
    ),
];

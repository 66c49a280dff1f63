//! Ory's resources: one file each, one line here.

mod guards;
pub mod identities;
pub mod identity;
pub mod identity_schemas;
mod jose;
pub mod json_web_key_set;
pub mod oauth2_client;
pub mod oidc_dynamic_client;
mod password_hash;
pub mod permission_check;
pub mod relationship;
pub mod relationships;
mod target;
pub mod trusted_issuer;

use super::Client;
use crate::engine::{Entry, QueryEntry, ViewEntry};

/// The resources.
pub static ENTRIES: &[Entry<Client>] = &[
    Entry { resource: &oauth2_client::RESOURCE, backend: &oauth2_client::BACKEND },
    Entry { resource: &oidc_dynamic_client::RESOURCE, backend: &oidc_dynamic_client::BACKEND },
    Entry { resource: &json_web_key_set::RESOURCE, backend: &json_web_key_set::BACKEND },
    Entry { resource: &trusted_issuer::RESOURCE, backend: &trusted_issuer::BACKEND },
    Entry { resource: &identity::RESOURCE, backend: &identity::BACKEND },
    Entry { resource: &relationship::RESOURCE, backend: &relationship::BACKEND },
    Entry { resource: &relationships::RESOURCE, backend: &relationships::BACKEND },
];

/// The data sources.
pub static VIEWS: &[ViewEntry<Client>] = &[
    ViewEntry { view: &oauth2_client::VIEW, backend: &oauth2_client::BACKEND },
    ViewEntry { view: &oidc_dynamic_client::VIEW, backend: &oidc_dynamic_client::BACKEND },
    ViewEntry { view: &json_web_key_set::VIEW, backend: &json_web_key_set::BACKEND },
    ViewEntry { view: &trusted_issuer::VIEW, backend: &trusted_issuer::BACKEND },
    ViewEntry { view: &identity::VIEW, backend: &identity::BACKEND },
    ViewEntry { view: &relationship::VIEW, backend: &relationship::BACKEND },
];

/// The other data sources.
pub static QUERIES: &[QueryEntry<Client>] = &[
    QueryEntry { query: &oauth2_client::LIST, respond: &oauth2_client::LISTING },
    QueryEntry { query: &identities::LIST, respond: &identities::LISTING },
    QueryEntry { query: &identity_schemas::QUERY, respond: &identity_schemas::ANSWER },
    QueryEntry { query: &identity_schemas::LIST, respond: &identity_schemas::LISTING },
    QueryEntry { query: &relationships::LIST, respond: &relationships::LISTING },
    QueryEntry { query: &permission_check::QUERY, respond: &permission_check::ANSWER },
];

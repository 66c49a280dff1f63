//! Ory's resources: one file each, one line here.

pub mod identities;
pub mod identity;
pub mod identity_schemas;
pub mod oauth2_client;
pub mod permission_check;
pub mod relationship;
pub mod relationships;
mod target;

use super::Client;
use crate::engine::{Entry, QueryEntry, ViewEntry};

/// The resources.
pub static ENTRIES: &[Entry<Client>] = &[
    Entry { resource: &oauth2_client::RESOURCE, backend: &oauth2_client::BACKEND },
    Entry { resource: &identity::RESOURCE, backend: &identity::BACKEND },
    Entry { resource: &relationship::RESOURCE, backend: &relationship::BACKEND },
    Entry { resource: &relationships::RESOURCE, backend: &relationships::BACKEND },
];

/// The data sources.
pub static VIEWS: &[ViewEntry<Client>] = &[
    ViewEntry { view: &oauth2_client::VIEW, backend: &oauth2_client::BACKEND },
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

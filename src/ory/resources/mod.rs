//! Ory's resources: one file each, one line here.

pub mod oauth2_client;

use super::Client;
use crate::engine::{Entry, QueryEntry, ViewEntry};

/// The resources.
pub static ENTRIES: &[Entry<Client>] = &[Entry { resource: &oauth2_client::RESOURCE, backend: &oauth2_client::BACKEND }];

/// The data sources.
pub static VIEWS: &[ViewEntry<Client>] = &[ViewEntry { view: &oauth2_client::VIEW, backend: &oauth2_client::BACKEND }];

/// The other data sources.
pub static QUERIES: &[QueryEntry<Client>] = &[QueryEntry { query: &oauth2_client::LIST, respond: &oauth2_client::LISTING }];

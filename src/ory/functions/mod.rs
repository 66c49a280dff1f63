//! Functions: they compute from their arguments alone, without a server and without a configured provider. One file for each
//! topic, and one line here.

mod durations;
mod import_ids;
mod keys;
mod permission_language;
mod relationships;
mod urls;

use super::Client;
use crate::engine::Offer;

/// Functions for clients, tokens and keys.
pub static OAUTH2: &[Offer<Client>] =
    &[Offer::function(&keys::THUMBPRINT), Offer::function(&keys::PUBLIC), Offer::function(&keys::OF_PEM), Offer::function(&urls::ISSUER)];

/// Functions for permissions.
pub static PERMISSIONS: &[Offer<Client>] =
    &[Offer::function(&relationships::BUILD), Offer::function(&relationships::PARSE), Offer::function(&permission_language::ERRORS)];

/// Functions for objects of every kind.
pub static PROJECTS: &[Offer<Client>] = &[Offer::function(&import_ids::BUILD), Offer::function(&import_ids::PARSE)];

/// Functions for settings.
pub static CONFIGURATION: &[Offer<Client>] = &[Offer::function(&durations::FORMAT), Offer::function(&durations::PARSE)];

/// Functions for organizations.
pub static ORGANIZATIONS: &[Offer<Client>] = &[Offer::function(&urls::SCIM)];

//! Functions: what follows from texts alone, without a server and without a configured provider. One file a topic, one line
//! here.

mod durations;
mod import_ids;
mod keys;
mod permission_language;
mod relationships;
mod urls;

use super::Client;
use crate::engine::Offer;

/// All of them, in the order in which documents have them.
pub static OFFERS: &[Offer<Client>] = &[
    Offer::function(&import_ids::BUILD),
    Offer::function(&import_ids::PARSE),
    Offer::function(&relationships::BUILD),
    Offer::function(&relationships::PARSE),
    Offer::function(&durations::FORMAT),
    Offer::function(&durations::PARSE),
    Offer::function(&keys::THUMBPRINT),
    Offer::function(&keys::PUBLIC),
    Offer::function(&keys::OF_PEM),
    Offer::function(&urls::ISSUER),
    Offer::function(&urls::SCIM),
    Offer::function(&permission_language::ERRORS),
];

//! Actions: operations that run once, on request, and leave nothing in a state. One file for each kind of object, and one line
//! here.
//!
//! An action reports its progress and its result. An object that no longer exists gives a warning and no error, since an action
//! may run because the object is being deleted.

mod api_key;
mod event_stream;
mod identity;
mod json_web_key_set;
mod oauth2_client;

use super::Client;
use crate::engine::{Cx, Diagnostic, Offer};

/// Actions on clients and keys.
pub static OAUTH2: &[Offer<Client>] = &[
    Offer::action(&oauth2_client::ROTATE_SECRET, &oauth2_client::RotateSecret),
    Offer::action(&oauth2_client::REVOKE_TOKENS, &oauth2_client::RevokeTokens),
    Offer::action(&json_web_key_set::ROTATE, &json_web_key_set::Rotate),
];

/// Actions on identities.
pub static IDENTITIES: &[Offer<Client>] = &[
    Offer::action(&identity::REVOKE_SESSIONS, &identity::RevokeSessions),
    Offer::action(&identity::SEND_RECOVERY, &identity::SendRecovery),
];

/// Actions on the configuration of a project.
pub static CONFIGURATION: &[Offer<Client>] = &[Offer::action(&event_stream::PAUSE, &event_stream::Pause)];

/// Actions on API keys.
pub static API_KEYS: &[Offer<Client>] = &[
    Offer::action(&api_key::REVOKE, &api_key::ISSUED),
    Offer::action(&api_key::REVOKE_IMPORTED, &api_key::IMPORTED),
    Offer::action(&api_key::ROTATE, &api_key::Rotate),
];

fn tell(cx: &Cx<Client>, what: &str) {
    (cx.progress)(what);
}

/// Warns that the object does not exist.
fn gone(cx: &Cx<Client>, what: &str) {
    let detail =
        "It does not exist, so nothing was done. If it should exist, check the spelling and which server the provider is configured for.";
    cx.warn(Diagnostic::warning(format!("There is no such {what}"), detail));
}

//! Actions: what is done once, when it is asked for, and leaves nothing in a state. One file each kind of object, one line here.
//!
//! An action tells what it does while it goes on, and what it did. Of an object that is gone there is nothing to do: that is
//! said, and no error, since an action may be asked for because the object goes.

mod api_key;
mod event_stream;
mod identity;
mod json_web_key_set;
mod oauth2_client;

use super::Client;
use crate::engine::{Cx, Diagnostic, Offer};

/// What is done to clients and keys.
pub static OAUTH2: &[Offer<Client>] = &[
    Offer::action(&oauth2_client::ROTATE_SECRET, &oauth2_client::RotateSecret),
    Offer::action(&oauth2_client::REVOKE_TOKENS, &oauth2_client::RevokeTokens),
    Offer::action(&json_web_key_set::ROTATE, &json_web_key_set::Rotate),
];

/// What is done to identities.
pub static IDENTITIES: &[Offer<Client>] = &[
    Offer::action(&identity::REVOKE_SESSIONS, &identity::RevokeSessions),
    Offer::action(&identity::SEND_RECOVERY, &identity::SendRecovery),
];

/// What is done to what a project has.
pub static CONFIGURATION: &[Offer<Client>] = &[Offer::action(&event_stream::PAUSE, &event_stream::Pause)];

/// What is done to API keys.
pub static API_KEYS: &[Offer<Client>] = &[
    Offer::action(&api_key::REVOKE, &api_key::ISSUED),
    Offer::action(&api_key::REVOKE_IMPORTED, &api_key::IMPORTED),
    Offer::action(&api_key::ROTATE, &api_key::Rotate),
];

fn tell(cx: &Cx<Client>, what: &str) {
    (cx.progress)(what);
}

/// There is nothing to do it to.
fn gone(cx: &Cx<Client>, what: &str) {
    let detail = "It does not exist, so that there was nothing to do. If it should exist, check the spelling and which server the provider talks to.";
    cx.warn(Diagnostic::warning(format!("There is no such {what}"), detail));
}

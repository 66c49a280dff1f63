//! Ephemeral resources: what is made or read for one run and stored nowhere. One file each, one line here.
//!
//! Terraform opens one in each of its phases: once for a plan, twice for an apply, three times for a destroy. What makes
//! something on a server therefore makes it as often; it ends by itself, and says what is left.

mod api_key_token;
mod json_web_key_set;
mod oauth2_token;
mod project_api_key;
mod recovery_link;

use super::Client;
use crate::{
    engine::{Diagnostic, Offer, Renewed},
    value::{Json, instant},
};
use std::time::Duration;

/// What is about clients and keys.
pub static OAUTH2: &[Offer<Client>] = &[
    Offer::ephemeral(&oauth2_token::EPHEMERAL, &oauth2_token::BACKEND),
    Offer::ephemeral(&json_web_key_set::EPHEMERAL, &json_web_key_set::BACKEND),
];

/// What is about identities.
pub static IDENTITIES: &[Offer<Client>] = &[Offer::ephemeral(&recovery_link::EPHEMERAL, &recovery_link::BACKEND)];

/// What is about projects.
pub static PROJECTS: &[Offer<Client>] = &[Offer::ephemeral(&project_api_key::EPHEMERAL, &project_api_key::BACKEND)];

/// What is about API keys.
pub static API_KEYS: &[Offer<Client>] = &[Offer::ephemeral(&api_key_token::EPHEMERAL, &api_key_token::BACKEND)];

/// When something that lasts so long is looked after again: well before its end.
fn looked_after(life: Duration) -> Duration {
    life.mul_f32(0.75)
}

/// So long from now, as a timestamp of whole seconds (RFC 3339).
fn in_time(life: Duration) -> String {
    let now = jiff::Timestamp::now().as_second();
    let then = now.saturating_add(i64::try_from(life.as_secs()).unwrap_or(i64::MAX));
    jiff::Timestamp::from_second(then).map(|then| then.to_string()).unwrap_or_default()
}

/// So long it is until then.
fn until(then: &str) -> Option<Duration> {
    let left = instant::parse(then)?.saturating_sub(jiff::Timestamp::now().as_nanosecond());
    u64::try_from(left).ok().map(Duration::from_nanos)
}

/// What is known when it is renewed and closed.
fn private(members: &[(&str, &str)]) -> Vec<u8> {
    Json::object(members.iter().map(|(name, text)| (*name, (*text).into()))).to_string().into_bytes()
}

/// The same, when it comes back.
fn known(private: &[u8]) -> Json {
    Json::parse(private).unwrap_or_default()
}

/// Nobody can make it last longer, nor hand over another one in its place: it can only be said that it ends.
fn ends(what: &str, private: &[u8], longer: &str) -> (Diagnostic, Renewed) {
    let detail = format!(
        "It was made for this run and cannot be made to last longer. What uses it after {} is refused. {longer}",
        known(private).at("expires_at").as_str().unwrap_or_default()
    );
    (Diagnostic::warning(format!("The {what} ends soon"), detail), Renewed { private: private.to_vec(), renew_in: None })
}

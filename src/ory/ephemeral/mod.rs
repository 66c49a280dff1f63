//! Ephemeral resources: objects that are made or read for one run and stored nowhere. One file for each, and one line here.
//!
//! Terraform opens one in each of its phases: once for a plan, twice for an apply, three times for a destroy. So one that makes
//! something on a server makes it as often. The object expires by itself, and a warning says what is left.

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

/// Clients and keys.
pub static OAUTH2: &[Offer<Client>] = &[
    Offer::ephemeral(&oauth2_token::EPHEMERAL, &oauth2_token::BACKEND),
    Offer::ephemeral(&json_web_key_set::EPHEMERAL, &json_web_key_set::BACKEND),
];

/// Identities.
pub static IDENTITIES: &[Offer<Client>] = &[Offer::ephemeral(&recovery_link::EPHEMERAL, &recovery_link::BACKEND)];

/// Projects.
pub static PROJECTS: &[Offer<Client>] = &[Offer::ephemeral(&project_api_key::EPHEMERAL, &project_api_key::BACKEND)];

/// API keys.
pub static API_KEYS: &[Offer<Client>] = &[Offer::ephemeral(&api_key_token::EPHEMERAL, &api_key_token::BACKEND)];

/// The time of the renewal for this lifetime: well before it expires.
fn looked_after(life: Duration) -> Duration {
    life.mul_f32(0.75)
}

/// The time after this span, in whole seconds (RFC 3339).
fn in_time(life: Duration) -> String {
    let now = jiff::Timestamp::now().as_second();
    let then = now.saturating_add(i64::try_from(life.as_secs()).unwrap_or(i64::MAX));
    jiff::Timestamp::from_second(then).map(|then| then.to_string()).unwrap_or_default()
}

/// The span until that time.
fn until(then: &str) -> Option<Duration> {
    let left = instant::parse(then)?.saturating_sub(jiff::Timestamp::now().as_nanosecond());
    u64::try_from(left).ok().map(Duration::from_nanos)
}

/// The private data for renewing and closing.
fn private(members: &[(&str, &str)]) -> Vec<u8> {
    Json::object(members.iter().map(|(name, text)| (*name, (*text).into()))).to_string().into_bytes()
}

/// The private data, read back.
fn known(private: &[u8]) -> Json {
    Json::parse(private).unwrap_or_default()
}

/// Warns that it expires: it can be neither extended nor replaced during a run.
fn ends(what: &str, private: &[u8], longer: &str) -> (Diagnostic, Renewed) {
    let detail = format!(
        "It was made for this run and cannot be extended. Requests that use it after {} will be refused. {longer}",
        known(private).at("expires_at").as_str().unwrap_or_default()
    );
    (Diagnostic::warning(format!("The {what} expires soon"), detail), Renewed { private: private.to_vec(), renew_in: None })
}

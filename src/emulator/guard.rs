//! Who may ask: programs on this machine, by a name of this machine, and no page of another site.
//!
//! Owns this one decision for all that is served here, APIs and window alike. Nobody authenticates to the emulator,
//! and a browser on this machine reaches it as every program does. So a request has to name as its host what only
//! this machine is called, since any site can point a name of its own here; and if a page has sent it, the page has
//! to be one of this very server's. No answer has a header that would let other pages read it.

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderName, StatusCode, header};
use std::net::IpAddr;

/// Decides about requests.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Names that this machine has, beside those of the loopback address.
    pub hosts: Vec<String>,
}

/// Why a request is not looked at any further.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// What is wrong, and what to do.
    pub why: String,
}

const OTHER_SITE: &str = "Pages of other sites may not ask this server. Ask it from a program.";

impl Guard {
    /// Lets a request through or not.
    ///
    /// # Errors
    /// Why it may not ask.
    pub fn admit(&self, parts: &Parts) -> Result<(), Refusal> {
        let host = text(parts, header::HOST).unwrap_or_default();
        let named = parts.uri.authority().map(Authority::as_str);
        if let Some(other) = [Some(host), named].into_iter().flatten().find(|host| !self.is_own(host)) {
            let why =
                format!("`{other}` is not a name of this machine. Ask for 127.0.0.1 or localhost, or start with `--allow-host NAME`.");
            return Err(Refusal { status: StatusCode::MISDIRECTED_REQUEST, why });
        }
        let every =
            |name: HeaderName, fits: &dyn Fn(&str) -> bool| parts.headers.get_all(name).iter().all(|value| value.to_str().is_ok_and(fits));
        let own = format!("http://{host}");
        let from_here = every(HeaderName::from_static("sec-fetch-site"), &|site| ["same-origin", "none"].contains(&site))
            && every(header::ORIGIN, &|origin| origin.eq_ignore_ascii_case(&own));
        if from_here { Ok(()) } else { Err(Refusal { status: StatusCode::FORBIDDEN, why: OTHER_SITE.to_owned() }) }
    }

    /// Whether this is a name of this machine, with or without a port: what forwards one may change its number.
    fn is_own(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let name = authority.host();
        let is_loopback = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let is_named = || name.eq_ignore_ascii_case("localhost") || self.hosts.iter().any(|own| own.eq_ignore_ascii_case(name));
        !host.contains('@') && (is_loopback || is_named())
    }
}

/// The value of a header that is there once and is text.
fn text(parts: &Parts, name: HeaderName) -> Option<&str> {
    let mut values = parts.headers.get_all(name).iter();
    let value = values.next()?.to_str().ok();
    value.filter(|_| values.next().is_none())
}

//! Decides who may send requests: programs on the same host, with a name of this host, but no pages of other sites.
//!
//! Owns this decision for the APIs and the window. The emulator has no authentication, and a browser on this host can reach it like
//! any program. So a request's host must be a name that only this host has, since any site can point its own name here; and if a
//! page sends a request, it must be a page of this server. No answer has a header that would let other pages read it.

use axum::http::request::Parts;
use axum::http::uri::Authority;
use axum::http::{HeaderName, StatusCode, header};
use std::net::IpAddr;

/// Decides about requests.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    /// Names of this machine, besides those of the loopback address.
    pub hosts: Vec<String>,
}

/// Why a request is refused.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// The status of the answer.
    pub status: StatusCode,
    /// What is wrong, and what to do.
    pub why: String,
}

const OTHER_SITE: &str = "Pages of other sites may not send requests to this server. Use a program instead.";

impl Guard {
    /// Decides whether a request is accepted.
    ///
    /// # Errors
    /// Why it is refused.
    pub fn admit(&self, parts: &Parts) -> Result<(), Refusal> {
        let host = text(parts, header::HOST).unwrap_or_default();
        let named = parts.uri.authority().map(Authority::as_str);
        if let Some(other) = [Some(host), named].into_iter().flatten().find(|host| !self.is_own(host)) {
            let why = format!(
                "`{other}` is not a name of this machine. Use 127.0.0.1 or localhost, or start the emulator with `--allow-host NAME`."
            );
            return Err(Refusal { status: StatusCode::MISDIRECTED_REQUEST, why });
        }
        let every =
            |name: HeaderName, fits: &dyn Fn(&str) -> bool| parts.headers.get_all(name).iter().all(|value| value.to_str().is_ok_and(fits));
        let own = format!("http://{host}");
        let from_here = every(HeaderName::from_static("sec-fetch-site"), &|site| ["same-origin", "none"].contains(&site))
            && every(header::ORIGIN, &|origin| origin.eq_ignore_ascii_case(&own));
        if from_here { Ok(()) } else { Err(Refusal { status: StatusCode::FORBIDDEN, why: OTHER_SITE.to_owned() }) }
    }

    /// Whether this is a name of this host, with or without a port; a forwarder may change the port.
    fn is_own(&self, host: &str) -> bool {
        let Ok(authority) = host.parse::<Authority>() else { return false };
        let name = authority.host();
        let is_loopback = name.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>().is_ok_and(|address| address.is_loopback());
        let is_named = || name.eq_ignore_ascii_case("localhost") || self.hosts.iter().any(|own| own.eq_ignore_ascii_case(name));
        !host.contains('@') && (is_loopback || is_named())
    }
}

/// The value of a header that occurs once and is text.
fn text(parts: &Parts, name: HeaderName) -> Option<&str> {
    let mut values = parts.headers.get_all(name).iter();
    let value = values.next()?.to_str().ok();
    value.filter(|_| values.next().is_none())
}

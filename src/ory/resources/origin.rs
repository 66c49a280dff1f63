//! Origins (RFC 6454) from which browsers may call Hydra: which texts are valid, and when two mean the same.

use crate::schema::{EXACT, Equality};
use std::borrow::Cow;

/// An origin (RFC 6454). The case of scheme and host and a slash at the end have no meaning, and a host with other letters than
/// ASCII is its name in Punycode, as browsers send it. Hydra compares texts, and would keep such a host percent-encoded, which
/// no browser sends.
pub(super) const ORIGIN: &Equality = &Equality {
    name: "origin",
    same: |left, right| origin(left) == origin(right),
    form: Some(origin),
    sent: Some(origin),
    redacted: None,
    valid: EXACT.valid,
};

fn origin(text: &str) -> Cow<'_, str> {
    let bare = text.trim_end_matches('/');
    match parsed_origin(bare).filter(|_| !bare.is_ascii() && allowed(bare).is_ok()) {
        Some(url) => {
            let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
            Cow::Owned(format!("{}://{}{port}", url.scheme(), url.host_str().unwrap_or_default().replacen(ANY_LABEL, "*", 1)))
        }
        None if bare.bytes().any(|byte| byte.is_ascii_uppercase()) => Cow::Owned(bare.to_ascii_lowercase()),
        None => Cow::Borrowed(bare),
    }
}

/// Replaces the wildcard for one label, which the URL parser does not accept.
const ANY_LABEL: &str = "janiform-wildcard";

fn parsed_origin(origin: &str) -> Option<url::Url> {
    url::Url::parse(&origin.replacen("*.", &format!("{ANY_LABEL}."), 1)).ok()
}

/// Checks what Hydra accepts, with a wildcard for at most one label.
pub(super) fn allowed(origin: &str) -> Result<(), String> {
    // The parser would ignore white space at both ends.
    let parsed = parsed_origin(origin.trim_end_matches('/')).filter(|_| !origin.contains(char::is_whitespace));
    let Some(url) = parsed else {
        return Err("Must be an origin, such as `https://app.example.com`.".into());
    };
    if !matches!(url.scheme(), "http" | "https") {
        return Err("Must be an http or https origin.".into());
    }
    if !url.username().is_empty() || url.password().is_some() {
        return Err("Must not have a user or password.".into());
    }
    match url.path() == "/" && url.query().is_none() && url.fragment().is_none() {
        true => Ok(()),
        false => Err("Must have a scheme, host and port only: no path, query or fragment.".into()),
    }
}

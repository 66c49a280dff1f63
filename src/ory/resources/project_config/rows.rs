//! Constructors for the rows, each managed only while it is set, and checks and meanings that several rows share.

use crate::schema::{Attr, DURATION, Equality, between, boolean, integer, list, string};
use std::borrow::Cow;

/// A text.
pub(super) const fn text(name: &'static str, doc: &'static str) -> Attr {
    string(name, doc).while_set()
}

/// A Go duration.
pub(super) const fn duration(name: &'static str, doc: &'static str) -> Attr {
    string(name, doc).means(DURATION).while_set()
}

/// A truth value.
pub(super) const fn flag(name: &'static str, doc: &'static str) -> Attr {
    boolean(name, doc).while_set()
}

/// A number of times, or a length.
pub(super) const fn count(name: &'static str, doc: &'static str) -> Attr {
    integer(name, doc).while_set().check(between(0, i64::MAX))
}

/// A list of texts.
pub(super) const fn texts(name: &'static str, doc: &'static str) -> Attr {
    list(name, doc).while_set()
}

/// Why a list must not be empty.
pub(super) const SERVERS_OWN: &str =
    "Must not be empty: Ory keeps the existing values, or replaces an empty list by its own values. Remove the attribute instead.";

/// A duration, or `-1` for no limit.
pub(super) const LIFETIME: &Equality = &Equality {
    name: "lifetime",
    same: |left, right| left == right || (DURATION.same)(left, right),
    form: None,
    sent: None,
    redacted: None,
    valid: |text| if text == "-1" { Ok(()) } else { (DURATION.valid)(text).map_err(|why| format!("{why} Or use `-1` for no limit.")) },
};

/// An assurance level, by its own name or by that of `mfa_enforcement`.
pub(super) const ASSURANCE: &Equality = &Equality {
    name: "assurance level",
    same: |left, right| level(left) == level(right),
    form: Some(level),
    sent: Some(level),
    redacted: None,
    valid: |_| Ok(()),
};

fn level(text: &str) -> Cow<'_, str> {
    Cow::Borrowed(match text {
        "none" => "aal1",
        "optional" => "highest_available",
        "required" => "aal2",
        other => other,
    })
}

fn word(text: &str, most: usize) -> Result<(), String> {
    let fits = (1..=most).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if fits { Ok(()) } else { Err(format!("Must be 1 to {most} letters, digits or `_`.")) }
}

/// Checks a prefix of API keys.
pub(super) fn prefix_16(text: &str) -> Result<(), String> {
    word(text, 16)
}

/// Checks a prefix of macaroons.
pub(super) fn prefix_8(text: &str) -> Result<(), String> {
    word(text, 8)
}

/// Checks a prefix of opaque tokens.
pub(super) fn token_prefix(text: &str) -> Result<(), String> {
    let rest: Vec<_> = text.split("%s").collect();
    let is_plain = rest.iter().all(|part| part.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_'));
    if rest.len() == 2 && is_plain {
        Ok(())
    } else {
        Err("Must be letters, digits and `_` with exactly one `%s`, such as `acme_%s_`.".into())
    }
}

/// Checks an e-mail address, roughly.
pub(super) fn address(text: &str) -> Result<(), String> {
    let is_one =
        text.is_empty() || text.split_once('@').is_some_and(|(name, host)| !name.is_empty() && host.contains('.') && !text.contains(' '));
    if is_one { Ok(()) } else { Err("Must be an e-mail address, such as `no-reply@example.com`.".into()) }
}

/// Checks the URL to which messages are sent.
pub(super) fn http(text: &str) -> Result<(), String> {
    let is_one = text.starts_with("http://") || text.starts_with("https://");
    if is_one { Ok(()) } else { Err("Must begin with `http://` or `https://`.".into()) }
}

/// Checks the URL of a mail server.
pub(super) fn mail_server(text: &str) -> Result<(), String> {
    let is_one = text.starts_with("smtp://") || text.starts_with("smtps://");
    if is_one { Ok(()) } else { Err("Must begin with `smtp://` or `smtps://`.".into()) }
}

/// Checks a secret that signs API keys.
pub(super) fn hmac_secret(text: &str) -> Result<(), String> {
    if text.chars().count() >= 32 { Ok(()) } else { Err("Must have at least 32 characters.".into()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checks_take_what_ory_takes() {
        assert!(
            token_prefix("acme_%s").is_ok()
                && token_prefix("acme").is_err()
                && token_prefix("%s%s").is_err()
                && token_prefix("a-%s").is_err()
        );
        assert!(prefix_8("mc").is_ok() && prefix_8("123456789").is_err() && prefix_16("ory ak").is_err());
        assert!(address("a@b.example").is_ok() && address("a@b").is_err() && address("a").is_err());
        assert!((LIFETIME.valid)("-1").is_ok() && (LIFETIME.valid)("-2").is_err() && (LIFETIME.same)("60m", "1h"));
        assert!(
            (ASSURANCE.same)("none", "aal1") && (ASSURANCE.same)("highest_available", "optional") && !(ASSURANCE.same)("none", "required")
        );
    }
}

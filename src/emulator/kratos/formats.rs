//! The formats of JSON Schema.
//!
//! Owns what fits which format, with the leniency of Kratos' validator. Everything fits an unknown format; `tel` accepts any number
//! in international form.

use std::net::Ipv6Addr;

use super::pattern;
use crate::emulator::clock;
use crate::emulator::go::json::Json;
use crate::emulator::go::url;

/// Whether the value fits the format.
#[must_use]
pub fn fits(format: &str, value: &Json) -> bool {
    let check: fn(&str) -> bool = match format {
        "date-time" => |text| clock::parse(text).is_ok(),
        "date" => |text| text.len() == 10 && clock::parse(&format!("{text}T00:00:00Z")).is_ok(),
        "time" => |text| clock::parse(&format!("2000-01-01T{text}")).is_ok(),
        "hostname" => is_hostname,
        "email" => is_email,
        "tel" => is_phone,
        "ip-address" | "ipv4" => is_ipv4,
        "ipv6" => |text| text.parse::<Ipv6Addr>().is_ok(),
        "uri" | "iri" => |text| url::parse(text).is_ok_and(|url| !url.scheme.is_empty()),
        "uri-reference" | "uriref" | "iri-reference" | "uri-template" => |text| url::parse(text).is_ok(),
        "json-pointer" => |text| is_pointer(text, true),
        "relative-json-pointer" => is_relative_pointer,
        "regex" => |text| pattern::compile(text).is_ok(),
        _ => return true,
    };
    value.as_text().is_some_and(|text| check(&text))
}

fn is_hostname(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let label = |label: &str| {
        (1..=63).contains(&label.len()) && !label.ends_with('-') && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    name.len() <= 253 && !name.starts_with('-') && name.split('.').all(label)
}

/// Four numbers in any spelling: `010.0.0.1` and `+1.2.3.4` are addresses for Kratos.
fn is_ipv4(text: &str) -> bool {
    let groups: Vec<_> = text.split('.').collect();
    groups.len() == 4 && groups.iter().all(|group| group.parse::<i64>().is_ok_and(|number| (0..=255).contains(&number)))
}

fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else { return false };
    text.len() <= 254
        && local.len() <= 64
        && is_hostname(domain)
        && !domain.ends_with('.')
        && is_local_part(local.trim_start_matches([' ', '\t']))
}

fn is_local_part(local: &str) -> bool {
    if let Some(quoted) = local.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')) {
        return !quoted.is_empty() && !quoted.contains(['"', '\\']) && !quoted.chars().any(char::is_control);
    }
    let atom = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || !c.is_ascii();
    local.split('.').all(|part| !part.is_empty() && part.chars().all(atom))
}

fn is_phone(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('+') else { return false };
    let digits = rest.bytes().filter(u8::is_ascii_digit).count();
    (7..=15).contains(&digits) && rest.bytes().all(|b| b.is_ascii_digit() || b" -().".contains(&b))
}

fn is_pointer(text: &str, empty: bool) -> bool {
    let escaped = |step: &str| step.split('~').skip(1).all(|rest| rest.starts_with(['0', '1']));
    text.is_empty() && empty || text.starts_with('/') && text.split('/').all(escaped)
}

fn is_relative_pointer(text: &str) -> bool {
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let (number, rest) = text.split_at(digits);
    digits > 0 && (digits == 1 || !number.starts_with('0')) && (rest == "#" || is_pointer(rest, true))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_accept_and_refuse() {
        for (format, good, bad) in [
            ("email", "a.b+c@ex.com", "a..b@ex.com"),
            ("email", "a@localhost", "a@"),
            ("email", "\"a b\"@ex.com", "a b@ex.com"),
            ("email", "é@ex.com", "a@é.com"),
            ("hostname", "a-b.c", "a-.c"),
            ("date", "2020-02-29", "2021-02-29"),
            ("date-time", "2020-02-29T00:00:00+01:00", "2020-02-29"),
            ("time", "23:59:59Z", "24:00:00Z"),
            ("ipv4", "1.2.3.4", "1.2.3"),
            ("ipv4", "010.0.0.1", "256.0.0.1"),
            ("ipv6", "::1", "1.2.3.4"),
            ("uri", "urn:x", "/x"),
            ("uri-reference", "/x", "%zz"),
            ("tel", "+49 30 123456", "030 123456"),
            ("json-pointer", "/a~1b", "a"),
            ("relative-json-pointer", "1/a", "01"),
        ] {
            assert!(fits(format, &Json::text(good)), "{format} {good}");
            assert!(!fits(format, &Json::text(bad)), "{format} {bad}");
        }
        assert!(fits("whatever", &Json::Null));
        assert!(!fits("email", &Json::Null), "no text");
    }
}

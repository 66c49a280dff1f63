//! Lifetimes: the spellings that Talos accepts, and its limits.

use super::problem::Problem;

/// Longer units come first, so that `mo` and `ms` are not read as `m`.
const UNITS: [(&str, f64); 10] = [
    ("mo", 30.0 * 86400.0),
    ("ms", 1e-3),
    ("us", 1e-6),
    ("ns", 1e-9),
    ("s", 1.0),
    ("m", 60.0),
    ("h", 3600.0),
    ("d", 86400.0),
    ("w", 7.0 * 86400.0),
    ("y", 365.0 * 86400.0),
];
const LONGEST: f64 = 315_360_000.0;

/// The seconds in a text such as `3600s`, `1h30m`, `1d`, `2w`, `1mo` or `1y`.
pub fn seconds(text: &str) -> Result<i64, Problem> {
    let invalid = || Problem::bad_request(format!("invalid ttl {text:?}"));
    let (mut rest, mut total) = (text, 0.0);
    while !rest.is_empty() {
        let end = rest.find(|c: char| !c.is_ascii_digit() && c != '.').ok_or_else(invalid)?;
        let count: f64 = rest[..end].parse().map_err(|_| invalid())?;
        let (unit, scale) = UNITS.iter().find(|(unit, _)| rest[end..].starts_with(unit)).ok_or_else(invalid)?;
        total += count * scale;
        rest = &rest[end + unit.len()..];
    }
    if !(1.0..=LONGEST).contains(&total) {
        return Err(Problem::bad_request("ttl must be between 1s and 315360000s"));
    }
    // It is no longer than ten years.
    #[allow(clippy::cast_possible_truncation)]
    Ok(total as i64)
}

/// The lifetime of a key in seconds, for this value in a request.
pub fn of_key(said: Option<&str>, default: Option<i64>, most: i64) -> Result<i64, Problem> {
    let seconds = match said.filter(|said| !said.is_empty()) {
        Some(said) => seconds(said)?,
        None => default.ok_or_else(|| Problem::bad_request("ttl is required: no default_ttl is configured"))?,
    };
    if seconds > most {
        return Err(Problem::bad_request(format!("ttl exceeds the configured maximum of {most}s")));
    }
    Ok(seconds)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn each_spelling_is_read() {
        // From Ory's description of `ttl`.
        for (text, expected) in [
            ("3600s", 3600),
            ("24h", 86400),
            ("30m", 1800),
            ("1h30m", 5400),
            ("1d", 86400),
            ("1w", 604_800),
            ("1mo", 2_592_000),
            ("1y", 31_536_000),
            ("315360000s", 315_360_000),
        ] {
            assert_eq!(seconds(text).unwrap(), expected, "{text}");
        }
        for text in ["0s", "500ms", "315360001s", "1", "h", "1 h", "-1h", "1fortnight", ""] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }

    #[test]
    fn no_key_is_without_an_end() {
        assert_eq!(of_key(None, Some(60), 100).unwrap(), 60);
        assert_eq!(of_key(Some("100s"), None, 100).unwrap(), 100);
        for (said, default) in [(None, None), (Some(""), None), (Some("101s"), None), (None, Some(101))] {
            assert!(of_key(said, default, 100).is_err(), "{said:?} {default:?}");
        }
    }
}

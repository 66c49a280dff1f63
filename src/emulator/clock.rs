//! Instants as Go servers write them.
//!
//! Owns reading RFC 3339 as strictly as Go's `time` package and the roundings seen on the wire.
//! Knows nothing of what the instants mean.

use jiff::{Timestamp, ToSpan as _, civil};

/// The current instant, to the nanosecond.
#[must_use]
pub fn now() -> Timestamp {
    Timestamp::now()
}

/// Rounded half up to the second.
#[must_use]
pub fn to_second(at: Timestamp) -> Timestamp {
    let seconds = at.as_nanosecond().saturating_add(500_000_000).div_euclid(1_000_000_000);
    i64::try_from(seconds).ok().and_then(|s| Timestamp::from_second(s).ok()).unwrap_or(at)
}

/// Cut off behind the microsecond.
#[must_use]
pub fn to_microsecond(at: Timestamp) -> Timestamp {
    Timestamp::from_microsecond(at.as_microsecond()).unwrap_or(at)
}

/// Reads RFC 3339. The instant that Go calls zero reads as none, since servers treat it as unset.
///
/// # Errors
/// A text in the style of Go's.
pub fn parse(text: &str) -> Result<Option<Timestamp>, String> {
    let bad = |rest: &str, wanted: &str| {
        Err(format!("parsing time {text:?} as \"2006-01-02T15:04:05Z07:00\": cannot parse {rest:?} as {wanted:?}"))
    };
    let mut fields = [0_i16; 6];
    let layout = [(4, "2006", ""), (2, "01", "-"), (2, "02", "-"), (2, "15", "T"), (2, "04", ":"), (2, "05", ":")];
    let mut rest = text;
    for (field, (width, name, before)) in fields.iter_mut().zip(layout) {
        let Some(tail) = rest.strip_prefix(before) else {
            return bad(rest, before);
        };
        match tail.get(..width).filter(|d| d.bytes().all(|b| b.is_ascii_digit())) {
            Some(digits) => *field = digits.parse().unwrap_or(0),
            None => return bad(tail, name),
        }
        rest = &tail[width..];
    }
    let mut nanoseconds = 0_i32;
    if let Some(tail) = rest.strip_prefix('.') {
        let end = tail.find(|c: char| !c.is_ascii_digit()).unwrap_or(tail.len());
        if end == 0 {
            return bad(rest, "Z07:00");
        }
        let digits: String = tail[..end].chars().chain("000000000".chars()).take(9).collect();
        nanoseconds = digits.parse().unwrap_or(0);
        rest = &tail[end..];
    }
    let offset = match rest.as_bytes() {
        b"Z" => 0,
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] if [h1, h2, m1, m2].iter().all(|b| b.is_ascii_digit()) => {
            let minutes = i64::from(h1 - b'0') * 600 + i64::from(h2 - b'0') * 60 + i64::from(m1 - b'0') * 10 + i64::from(m2 - b'0');
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return bad(rest, "Z07:00"),
    };
    let small = |value: i16| i8::try_from(value).unwrap_or(-1);
    civil::DateTime::new(fields[0], small(fields[1]), small(fields[2]), small(fields[3]), small(fields[4]), small(fields[5]), nanoseconds)
        .and_then(|local| local.to_zoned(jiff::tz::TimeZone::UTC))
        .and_then(|zoned| zoned.timestamp().checked_sub(offset.minutes()))
        .map(|at| (at.to_string() != "0001-01-01T00:00:00Z").then_some(at))
        .or_else(|_| Err(format!("parsing time {text:?}: day out of range")))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn reads_rfc_3339() {
        for (text, printed) in [
            ("2001-02-03T04:05:06Z", "2001-02-03T04:05:06Z"),
            ("2001-02-03T04:05:06.120Z", "2001-02-03T04:05:06.12Z"),
            ("2001-02-03T04:05:06+02:30", "2001-02-03T01:35:06Z"),
        ] {
            assert_eq!(parse(text).unwrap().unwrap().to_string(), printed);
        }
        assert_eq!(parse("0001-01-01T00:00:00Z"), Ok(None));
        for text in ["yesterday", "2001-02-30T00:00:00Z", "2001-02-03", "2001-02-03T04:05:06", "2001-02-03 04:05:06Z"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn rounds_half_up() {
        let at = parse("2001-02-03T04:05:06.5Z").unwrap().unwrap();
        assert_eq!(to_second(at).to_string(), "2001-02-03T04:05:07Z");
        let at = parse("2001-02-03T04:05:06.1234569Z").unwrap().unwrap();
        assert_eq!(to_microsecond(at).to_string(), "2001-02-03T04:05:06.123456Z");
    }
}

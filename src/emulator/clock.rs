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

/// Reads RFC 3339, with the leniency of Go's parser: one digit is enough for the hour, and a comma
/// may start the fraction. The instant that Go calls zero reads as none: servers treat it as unset.
///
/// # Errors
/// Go's text.
pub fn parse(text: &str) -> Result<Option<Timestamp>, String> {
    let layout = "2006-01-02T15:04:05Z07:00";
    let bad = |rest: &str, wanted: &str| {
        let (text, layout, rest, wanted) = (quote(text), quote(layout), quote(rest), quote(wanted));
        format!("parsing time {text} as {layout}: cannot parse {rest} as {wanted}")
    };
    let out_of_range = |what: &str| format!("parsing time {}: {what} out of range", quote(text));
    let mut fields = [0_i16; 6];
    let mut rest = text;
    for (at, (wanted, before)) in [("2006", ""), ("01", "-"), ("02", "-"), ("15", "T"), ("04", ":"), ("05", ":")].into_iter().enumerate() {
        let tail = rest.strip_prefix(before).ok_or_else(|| bad(rest, before))?;
        let digits = tail.bytes().take(wanted.len()).take_while(u8::is_ascii_digit).count();
        let enough = digits == wanted.len() || wanted == "15" && digits == 1;
        fields[at] = tail[..digits].parse().ok().filter(|_| enough).ok_or_else(|| bad(tail, wanted))?;
        rest = &tail[digits..];
        let (what, most) = [("year", 9999), ("month", 12), ("day", 31), ("hour", 23), ("minute", 59), ("second", 59)][at];
        if fields[at] > most || at == 1 && fields[at] == 0 {
            return Err(out_of_range(what));
        }
    }
    let mut nanoseconds = 0_i32;
    let fraction = rest.strip_prefix(['.', ',']).unwrap_or("");
    let digits = fraction.bytes().take_while(u8::is_ascii_digit).count();
    if digits > 0 {
        let nine: String = fraction[..digits].chars().chain("000000000".chars()).take(9).collect();
        nanoseconds = nine.parse().unwrap_or(0);
        rest = &fraction[digits..];
    }
    let (offset, extra) = match rest.as_bytes() {
        [b'Z', ..] => (0, &rest[1..]),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2, ..] if [h1, h2, m1, m2].iter().all(|b| b.is_ascii_digit()) => {
            let [hours, minutes] = [[h1, h2], [m1, m2]].map(|[tens, ones]| i64::from(tens - b'0') * 10 + i64::from(ones - b'0'));
            for (value, most, what) in [(hours, 24, "time zone offset hour"), (minutes, 60, "time zone offset minute")] {
                if value > most {
                    return Err(out_of_range(what));
                }
            }
            let offset = hours * 60 + minutes;
            (if *sign == b'-' { -offset } else { offset }, &rest[6..])
        }
        _ => return Err(bad(rest, "Z07:00")),
    };
    if !extra.is_empty() {
        return Err(format!("parsing time {}: extra text: {}", quote(text), quote(extra)));
    }
    let small = |value: i16| i8::try_from(value).unwrap_or(-1);
    let [year, month, day, hour, minute, second] = fields;
    civil::DateTime::new(year, small(month), small(day), small(hour), small(minute), small(second), nanoseconds)
        .and_then(|local| local.to_zoned(jiff::tz::TimeZone::UTC))
        .and_then(|zoned| zoned.timestamp().checked_sub(offset.minutes()))
        .map(|at| Some(at).filter(|at| at.to_string() != "0001-01-01T00:00:00Z"))
        .map_err(|_| out_of_range("day"))
}

/// Quotes as Go's time errors do: whatever is no printable ASCII byte becomes `\xNN`.
fn quote(text: &str) -> String {
    let mut out = String::from("\"");
    for byte in text.bytes() {
        match byte {
            b'"' | b'\\' => out.extend(['\\', char::from(byte)]),
            b' '..=0x7f => out.push(char::from(byte)),
            _ => out.push_str(&format!("\\x{byte:02x}")),
        }
    }
    out.push('"');
    out
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
            ("2001-02-03T4:05:06,5Z", "2001-02-03T04:05:06.5Z"),
            ("2001-02-03T04:05:06+02:30", "2001-02-03T01:35:06Z"),
        ] {
            assert_eq!(parse(text).unwrap().unwrap().to_string(), printed);
        }
        assert_eq!(parse("0001-01-01T00:00:00Z"), Ok(None));
        for text in [
            "yesterday",
            "2001-02-30T00:00:00Z",
            "2001-02-03",
            "2001-02-03T04:05:06",
            "2001-02-03 04:05:06Z",
            "2001-13-03T04:05:06Z",
            "2001-02-03T04:05:06Zx",
        ] {
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

//! Instants as Go servers write them.
//!
//! Owns reading RFC 3339 as strictly as Go's `time` package and the roundings seen on the wire.
//! Knows nothing of what the instants mean.

use jiff::civil::{self, DateTime, DateTimeRound};
use jiff::{RoundMode, Timestamp, ToSpan as _, Unit, tz::TimeZone};

/// An instant, in UTC. It is `None` if its year has more than four digits or is negative: Go can read such instants, by an offset
/// or by rounding, but cannot write them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Instant(Option<DateTime>);

impl Instant {
    fn new(at: Result<DateTime, jiff::Error>) -> Self {
        Self(at.ok().filter(|at| at.year() >= 0))
    }

    /// Whether Go can write it.
    #[must_use]
    pub fn can_be_written(self) -> bool {
        self.0.is_some()
    }
}

impl std::fmt::Display for Instant {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.map_or(Ok(()), |at| write!(f, "{at}Z"))
    }
}

/// The current instant, to the nanosecond.
#[must_use]
pub fn now() -> Instant {
    Instant(Some(Timestamp::now().to_zoned(TimeZone::UTC).datetime()))
}

/// The current instant, in nanoseconds since 1970.
#[must_use]
pub fn nanoseconds() -> i128 {
    Timestamp::now().as_nanosecond()
}

/// The current instant, in seconds since 1970.
#[must_use]
pub fn seconds() -> i64 {
    Timestamp::now().as_second()
}

/// The instant this many seconds later.
#[must_use]
pub fn later(at: Instant, seconds: i64) -> Instant {
    at.0.map_or(at, |at| Instant::new(at.checked_add(seconds.seconds())))
}

/// The instant this many nanoseconds later.
#[must_use]
pub fn later_by(at: Instant, nanoseconds: i64) -> Instant {
    at.0.map_or(at, |at| Instant::new(at.checked_add(nanoseconds.nanoseconds())))
}

fn round(at: Instant, unit: Unit, mode: RoundMode) -> Instant {
    at.0.map_or(at, |at| Instant::new(at.round(DateTimeRound::new().smallest(unit).mode(mode))))
}

/// Rounded half up to the second.
#[must_use]
pub fn to_second(at: Instant) -> Instant {
    round(at, Unit::Second, RoundMode::HalfCeil)
}

/// Truncated to microseconds.
#[must_use]
pub fn to_microsecond(at: Instant) -> Instant {
    round(at, Unit::Microsecond, RoundMode::Floor)
}

/// Reads RFC 3339, with the leniency of Go's parser: one digit is enough for the hour, and a comma
/// may start the fraction. Go's zero time gives `None`: servers treat it as unset.
///
/// # Errors
/// The text of Go's error.
pub fn parse(text: &str) -> Result<Option<Instant>, String> {
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
    let local = DateTime::new(year, small(month), small(day), small(hour), small(minute), small(second), nanoseconds);
    let local = local.map_err(|_| out_of_range("day"))?;
    let at = Instant::new(if offset == 0 { Ok(local) } else { local.checked_sub(offset.minutes()) });
    Ok(Some(at).filter(|at| at.0 != Some(civil::date(1, 1, 1).at(0, 0, 0, 0))))
}

/// Quotes as Go's time errors do: every byte that is not printable ASCII becomes `\xNN`.
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
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59Z"),
            ("0000-01-01T00:00:00Z", "0000-01-01T00:00:00Z"),
        ] {
            assert_eq!(parse(text).unwrap().unwrap().to_string(), printed);
        }
        assert_eq!(parse("0001-01-01T00:00:00Z"), Ok(None));
        for beyond in ["9999-12-31T23:59:59-01:00", "0000-01-01T00:00:00+01:00"] {
            assert!(!parse(beyond).unwrap().unwrap().can_be_written(), "{beyond}");
        }
        assert!(!to_second(parse("9999-12-31T23:59:59.5Z").unwrap().unwrap()).can_be_written());
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

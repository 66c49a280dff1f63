//! Go durations: the text form (`1h30m`, `1.5s`, `-250ms`) and its value in nanoseconds.
//!
//! Owns parsing and the canonical spelling, with exactly the meaning, limits and error texts of
//! Go's `time` package, since servers written in Go take and give durations that way. Knows
//! nothing of any server, attribute or resource.

use std::fmt::{self, Write as _};

/// Why a text is not a duration. Its text is that of Go's `time.ParseDuration`.
#[derive(Clone, PartialEq, Eq, Debug, thiserror::Error)]
pub enum DurationError {
    /// Not the shape of a duration, or outside of the range of 64-bit nanoseconds.
    #[error("time: invalid duration {}", Quoted(.0))]
    Invalid(String),
    /// A number without a unit.
    #[error("time: missing unit in duration {}", Quoted(.0))]
    MissingUnit(String),
    /// A unit that does not exist, such as `d`.
    #[error("time: unknown unit {} in duration {}", Quoted(.unit), Quoted(.text))]
    UnknownUnit {
        /// The text in place of the unit.
        unit: String,
        /// The whole text.
        text: String,
    },
}

/// Magnitudes run up to 2^63, one more than `i64::MAX`, because the most negative value has it.
const LIMIT: u64 = 1 << 63;

const NANOSECOND: u64 = 1;
const MICROSECOND: u64 = 1_000;
const MILLISECOND: u64 = 1_000_000;
const SECOND: u64 = 1_000_000_000;
const MINUTE: u64 = 60 * SECOND;
const HOUR: u64 = 60 * MINUTE;

/// Reads a duration and returns it in nanoseconds.
///
/// # Errors
/// Fails where Go's `time.ParseDuration` fails, with the same text.
pub fn parse(text: &str) -> Result<i64, DurationError> {
    let invalid = || DurationError::Invalid(text.to_owned());
    let (negative, mut rest) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if rest == "0" {
        return Ok(0);
    }
    if rest.is_empty() {
        return Err(invalid());
    }
    let mut total: u64 = 0;
    while !rest.is_empty() {
        let (whole, after) = split_digits(rest);
        let (fraction, after) = match after.strip_prefix('.') {
            Some(tail) => split_digits(tail),
            None => ("", after),
        };
        if whole.is_empty() && fraction.is_empty() {
            return Err(invalid());
        }
        let count = read_whole(whole).ok_or_else(invalid)?;
        let end = after.find(|c: char| c == '.' || c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(end);
        if unit.is_empty() {
            return Err(DurationError::MissingUnit(text.to_owned()));
        }
        let scale = unit_of(unit).ok_or_else(|| DurationError::UnknownUnit { unit: unit.to_owned(), text: text.to_owned() })?;
        total = count
            .checked_mul(scale)
            .and_then(|n| n.checked_add(read_fraction(fraction, scale)))
            .filter(|n| *n <= LIMIT)
            .and_then(|n| total.checked_add(n))
            .filter(|n| *n <= LIMIT)
            .ok_or_else(invalid)?;
        rest = after;
    }
    if negative {
        // 2^63 itself is reachable only on this side.
        return Ok((total as i64).wrapping_neg());
    }
    i64::try_from(total).map_err(|_| invalid())
}

/// Writes nanoseconds in Go's canonical form: `1h0m0s`, `1m30s`, `1.5s`, `150ms`, `0s`.
#[must_use]
pub fn format(nanoseconds: i64) -> String {
    let magnitude = nanoseconds.unsigned_abs();
    let mut out = String::with_capacity(24);
    if nanoseconds < 0 {
        out.push('-');
    }
    match magnitude {
        0 => out.push_str("0s"),
        n if n < MICROSECOND => push_number(&mut out, n, NANOSECOND, "ns"),
        n if n < MILLISECOND => push_number(&mut out, n, MICROSECOND, "µs"),
        n if n < SECOND => push_number(&mut out, n, MILLISECOND, "ms"),
        n => {
            if n >= HOUR {
                push_number(&mut out, n / HOUR, 1, "h");
            }
            if n >= MINUTE {
                push_number(&mut out, n % HOUR / MINUTE, 1, "m");
            }
            push_number(&mut out, n % MINUTE, SECOND, "s");
        }
    }
    out
}

fn unit_of(name: &str) -> Option<u64> {
    Some(match name {
        "ns" => NANOSECOND,
        // The micro sign and the Greek letter mu look alike and are both accepted.
        "us" | "\u{b5}s" | "\u{3bc}s" => MICROSECOND,
        "ms" => MILLISECOND,
        "s" => SECOND,
        "m" => MINUTE,
        "h" => HOUR,
        _ => return None,
    })
}

fn split_digits(text: &str) -> (&str, &str) {
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.split_at(end)
}

fn read_whole(digits: &str) -> Option<u64> {
    let mut value: u64 = 0;
    for digit in digits.bytes() {
        value = value.checked_mul(10)?.checked_add(u64::from(digit - b'0'))?;
        if value > LIMIT {
            return None;
        }
    }
    Some(value)
}

/// The part behind the decimal point, in nanoseconds. Digits beyond what 63 bits hold are
/// ignored, and the product goes through a double: both decide the last nanosecond as Go does.
fn read_fraction(digits: &str, unit: u64) -> u64 {
    let mut value: u64 = 0;
    let mut scale: f64 = 1.0;
    for digit in digits.bytes() {
        if value > (LIMIT - 1) / 10 {
            break;
        }
        let next = value * 10 + u64::from(digit - b'0');
        if next > LIMIT {
            break;
        }
        value = next;
        scale *= 10.0;
    }
    if value == 0 {
        return 0;
    }
    (value as f64 * (unit as f64 / scale)) as u64
}

fn push_number(out: &mut String, value: u64, one: u64, unit: &str) {
    // Writing to a String cannot fail.
    let _ = write!(out, "{}", value / one);
    let mut remainder = value % one;
    if remainder > 0 {
        out.push('.');
        let mut place = one / 10;
        while remainder > 0 {
            let _ = write!(out, "{}", remainder / place);
            remainder %= place;
            place /= 10;
        }
    }
    out.push_str(unit);
}

/// Quotes as the duration errors do: every byte outside printable ASCII becomes `\xNN`.
struct Quoted<'a>(&'a str);

impl fmt::Display for Quoted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_char('"')?;
        for byte in self.0.bytes() {
            match byte {
                b'"' | b'\\' => {
                    f.write_char('\\')?;
                    f.write_char(char::from(byte))?;
                }
                b' '..=0x7f => f.write_char(char::from(byte))?,
                _ => write!(f, "\\x{byte:02x}")?,
            }
        }
        f.write_char('"')
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn reads_what_go_reads() {
        for (text, nanoseconds) in [
            ("0", 0),
            ("-0", 0),
            ("+0", 0),
            ("0s", 0),
            ("5s", 5_000_000_000),
            ("+5s", 5_000_000_000),
            ("-5s", -5_000_000_000),
            ("1478s", 1_478_000_000_000),
            ("5.0s", 5_000_000_000),
            ("5.s", 5_000_000_000),
            (".5s", 500_000_000),
            ("1.004s", 1_004_000_000),
            ("100.00100s", 100_001_000_000),
            ("10ns", 10),
            ("11us", 11_000),
            ("12µs", 12_000),
            ("12μs", 12_000),
            ("13ms", 13_000_000),
            ("15m", 900_000_000_000),
            ("16h", 57_600_000_000_000),
            ("3h30m", 12_600_000_000_000),
            ("1.5h", 5_400_000_000_000),
            ("-1.5h", -5_400_000_000_000),
            ("30m1h", 5_400_000_000_000),
            ("1h1h", 7_200_000_000_000),
            ("39h9m14.425s", 140_954_425_000_000),
            ("52763797000ns", 52_763_797_000),
            ("0.3333333333333333333h", 1_200_000_000_000),
            ("9223372036854775807ns", i64::MAX),
            ("9223372036854775.807us", i64::MAX),
            ("9223372036s854ms775us807ns", i64::MAX),
            ("-9223372036854775808ns", i64::MIN),
            ("-2562047h47m16.854775808s", i64::MIN),
            ("0.100000000000000000000h", 360_000_000_000),
            ("0.830103483285477580700h", 2_988_372_539_827),
        ] {
            assert_eq!(parse(text), Ok(nanoseconds), "{text}");
        }
    }

    #[test]
    fn refuses_in_gos_words() {
        for (text, message) in [
            ("", r#"time: invalid duration """#),
            ("-", r#"time: invalid duration "-""#),
            (".", r#"time: invalid duration ".""#),
            ("-.", r#"time: invalid duration "-.""#),
            (".s", r#"time: invalid duration ".s""#),
            ("s", r#"time: invalid duration "s""#),
            ("1h-5m", r#"time: unknown unit "h-" in duration "1h-5m""#),
            ("+.s", r#"time: invalid duration "+.s""#),
            ("60", r#"time: missing unit in duration "60""#),
            ("1m60", r#"time: missing unit in duration "1m60""#),
            ("3000000h", r#"time: invalid duration "3000000h""#),
            ("9223372036854775808ns", r#"time: invalid duration "9223372036854775808ns""#),
            ("-9223372036854775809ns", r#"time: invalid duration "-9223372036854775809ns""#),
            ("9223372036854775.808us", r#"time: invalid duration "9223372036854775.808us""#),
            ("1d", r#"time: unknown unit "d" in duration "1d""#),
            ("1h ", r#"time: unknown unit "h " in duration "1h ""#),
            ("1\"", r#"time: unknown unit "\"" in duration "1\"""#),
            ("1é", r#"time: unknown unit "\xc3\xa9" in duration "1\xc3\xa9""#),
            ("\n", r#"time: invalid duration "\x0a""#),
        ] {
            assert_eq!(parse(text).unwrap_err().to_string(), message, "{text}");
        }
    }

    #[test]
    fn writes_gos_canonical_form() {
        for (nanoseconds, text) in [
            (0, "0s"),
            (1, "1ns"),
            (1_100, "1.1µs"),
            (2_200_000, "2.2ms"),
            (150_000_000, "150ms"),
            (3_300_000_000, "3.3s"),
            (90_000_000_000, "1m30s"),
            (300_000_000_000, "5m0s"),
            (245_001_000_000, "4m5.001s"),
            (3_600_000_000_000, "1h0m0s"),
            (-3_600_000_000_000, "-1h0m0s"),
            (2_592_000_000_000_000, "720h0m0s"),
            (18_367_001_000_000, "5h6m7.001s"),
            (480_000_000_001, "8m0.000000001s"),
            (i64::MAX, "2562047h47m16.854775807s"),
            (i64::MIN, "-2562047h47m16.854775808s"),
        ] {
            assert_eq!(format(nanoseconds), text);
        }
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(nanoseconds: i64) {
            prop_assert_eq!(parse(&format(nanoseconds)), Ok(nanoseconds));
        }

        #[test]
        fn small_ones_read_back(nanoseconds in -5_000_000_000_i64..5_000_000_000) {
            prop_assert_eq!(parse(&format(nanoseconds)), Ok(nanoseconds));
        }

        #[test]
        fn no_text_panics(text in "[-+.0-9a-zµμ\" ]{0,12}") {
            let _ = parse(&text);
        }

        #[test]
        fn any_text_is_safe(text: String) {
            let _ = parse(&text);
        }
    }
}

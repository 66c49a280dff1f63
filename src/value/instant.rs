//! Times in the format of RFC 3339.
//!
//! Owns which texts are valid, as strictly as the standard and Go's `time` package together: a text that either of them refuses is
//! not valid. The range is from the year 0 to the end of the year 9999 in UTC; a `jiff::Timestamp` ends a day earlier, before the
//! time that many people use for "never".

use jiff::civil::DateTime;

/// Nanoseconds in a second.
pub const SECOND: i128 = 1_000_000_000;

/// The first nanosecond of the year 0, and the first one after the year 9999.
const YEARS: std::ops::Range<i128> = -62_167_219_200 * SECOND..253_402_300_800 * SECOND;

/// The time in nanoseconds since 1970; `None` if the text is not valid.
pub fn parse(text: &str) -> Option<i128> {
    let (local, offset) = match text.strip_suffix('Z') {
        Some(local) => (local, 0),
        None => {
            let (local, offset) = text.split_at_checked(text.len().checked_sub(6)?)?;
            (local, minutes(offset)?)
        }
    };
    let (whole, fraction) = local.split_at_checked(19)?;
    // The parser accepts more than the standard, such as a space for the `T`, and a leap second.
    if !shaped(whole, "0000-00-00T00:00:00") || whole.ends_with(":60") {
        return None;
    }
    let local: DateTime = whole.parse().ok()?;
    let digits = if fraction.is_empty() { "0" } else { fraction.strip_prefix('.').filter(|digits| !digits.is_empty())? };
    if !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let nanoseconds = digits.bytes().chain(std::iter::repeat(b'0')).take(9);
    let nanoseconds = nanoseconds.fold(0, |sum, digit| sum * 10 + i128::from(digit - b'0'));
    let seconds = local.duration_since(DateTime::constant(1970, 1, 1, 0, 0, 0, 0)).as_secs();
    let moment = (i128::from(seconds) - i128::from(offset) * 60) * SECOND + nanoseconds;
    YEARS.contains(&moment).then_some(moment)
}

/// The time rounded half up to a whole second; `None` if that is after the year 9999.
pub fn to_second(moment: i128) -> Option<i128> {
    let rounded = (moment + SECOND / 2).div_euclid(SECOND) * SECOND;
    YEARS.contains(&rounded).then_some(rounded)
}

/// The minutes of an offset such as `+05:30`.
fn minutes(offset: &str) -> Option<i32> {
    let (sign, offset) = match offset.strip_prefix('-') {
        Some(offset) => (-1, offset),
        None => (1, offset.strip_prefix('+')?),
    };
    let (hours, minutes) = offset.split_once(':').filter(|_| shaped(offset, "00:00"))?;
    let [hours, minutes] = [(hours, 24), (minutes, 60)].map(|(digits, most)| digits.parse::<i32>().ok().filter(|number| *number < most));
    Some(sign * (hours? * 60 + minutes?))
}

/// Whether the text has a digit wherever the shape has one, and is the shape everywhere else.
fn shaped(text: &str, shape: &str) -> bool {
    let fits = |(byte, wanted): (u8, u8)| if wanted.is_ascii_digit() { byte.is_ascii_digit() } else { byte == wanted };
    text.len() == shape.len() && text.bytes().zip(shape.bytes()).all(fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_standard_writes() {
        for (text, seconds, nanoseconds) in [
            ("1970-01-01T00:00:00Z", 0, 0),
            ("1969-12-31T23:59:59.5Z", -1, 500_000_000),
            // RFC 3339, 5.8.
            ("1985-04-12T23:20:50.52Z", 482_196_050, 520_000_000),
            ("1996-12-19T16:39:57-08:00", 851_042_397, 0),
            ("1937-01-01T12:00:27.87+00:20", -1_041_337_173, 870_000_000),
            ("2000-02-29T00:00:00.1234567899Z", 951_782_400, 123_456_789),
            ("9999-12-31T23:59:59Z", 253_402_300_799, 0),
            ("9999-12-31T23:59:59.999999999+00:01", 253_402_300_739, 999_999_999),
            ("0000-01-01T00:00:00Z", -62_167_219_200, 0),
        ] {
            assert_eq!(parse(text), Some(seconds * SECOND + nanoseconds), "{text}");
        }
        for text in [
            "",
            "Z",
            "1990-12-31T23:59:60Z",
            "2031-01-01",
            "2031-01-01T00:00:00",
            "2031-01-01T00:00:00.Z",
            "2031-01-01T00:00:00.5.5Z",
            "2031-01-01T00:00:00,5Z",
            "2031-01-01T00:00:00é5Z",
            "2031-01-01T00:00:00+0é",
            "2031-01-01T00:00:00+24:00",
            "2031-01-01T00:00:00+00:60",
            "2031-01-01T00:00:00 00:00",
            "2031-13-01T00:00:00Z",
            "9999-12-31T23:59:59-00:01",
            "0000-01-01T00:00:00+00:01",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn rounds_half_up() {
        for (text, rounded) in [
            ("2001-02-03T04:05:06.5Z", Some("2001-02-03T04:05:07Z")),
            ("2001-02-03T04:05:06.499999999Z", Some("2001-02-03T04:05:06Z")),
            ("1969-12-31T23:59:59.5Z", Some("1970-01-01T00:00:00Z")),
            ("9999-12-31T23:59:59.5Z", None),
        ] {
            assert_eq!(to_second(parse(text).unwrap()), rounded.map(|text| parse(text).unwrap()), "{text}");
        }
    }
}

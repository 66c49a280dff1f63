//! When two spellings mean the same.
//!
//! A meaning consists of two functions: whether a text is valid, and whether two texts are equal.
//! Texts that the first function refuses are equal only to themselves.

use crate::value::{Json, ParseError, duration, instant};
use std::{borrow::Cow, collections::BTreeSet};

/// How texts are compared, and which texts are valid.
#[derive(Clone, Copy)]
pub struct Equality {
    /// Its name in words.
    pub name: &'static str,
    /// Whether two texts mean the same.
    pub same: fn(&str, &str) -> bool,
    /// A form that all texts of the same meaning share, by which one is found among many thousands. The items of
    /// an unordered list need one.
    pub form: Option<fn(&str) -> Cow<'_, str>>,
    /// The text that is sent to an API, if it differs from the text itself.
    pub sent: Option<fn(&str) -> Cow<'_, str>>,
    /// A text with the same meaning that does not reveal the secret part; the text itself if nothing is secret.
    pub redacted: Option<fn(&str) -> String>,
    /// Why a text is not valid.
    pub valid: fn(&str) -> Result<(), String>,
}

/// Texts are compared exactly.
pub const EXACT: &Equality = &Equality {
    name: "text",
    same: |left, right| left == right,
    form: Some(|text| Cow::Borrowed(text)),
    sent: None,
    redacted: None,
    valid: |_| Ok(()),
};

/// A Go duration: `90m`, `1h30m0s` and `1.5h` are one.
pub const DURATION: &Equality = &Equality {
    name: "duration",
    same: |left, right| both(duration::parse(left).ok(), duration::parse(right).ok(), left, right),
    form: None,
    sent: None,
    redacted: None,
    valid: |text| {
        duration::parse(text).map(drop).map_err(|_| {
            "Must be a duration: numbers with units, such as `30m`, `1h30m` or `720h`. Units are ns, us, ms, s, m and h; there is no day.".to_owned()
        })
    },
};

/// A UUID (RFC 9562) that servers write in lower case.
pub const UUID: &Equality = &Equality {
    name: "UUID",
    same: |left, right| {
        left == right || matches!((uuid::Uuid::try_parse(left), uuid::Uuid::try_parse(right)), (Ok(left), Ok(right)) if left == right)
    },
    form: Some(|text| uuid::Uuid::try_parse(text).map_or(Cow::Borrowed(text), |id| Cow::Owned(id.to_string()))),
    sent: None,
    redacted: None,
    valid: |text| {
        uuid::Uuid::try_parse(text).map(drop).map_err(|_| "Must be a UUID, such as `9f425a8d-7efc-4768-8f23-7647a74fdf13`.".to_owned())
    },
};

/// JSON: white space, the order of members and the spelling of numbers have no meaning.
pub const JSON: &Equality = &Equality {
    name: "JSON",
    same: |left, right| both(Json::parse(left).ok(), Json::parse(right).ok(), left, right),
    form: None,
    sent: None,
    redacted: None,
    valid: |text| match Json::parse(text) {
        Ok(_) => Ok(()),
        Err(ParseError::Malformed { line, column }) => Err(format!(
            "Must be JSON; it ends being so at line {line}, column {column}. `jsonencode(…)` or your language's JSON encoder writes it for you."
        )),
        Err(ParseError::TooMany) => Err("Must be JSON that can be read; this holds too many values.".to_owned()),
    },
};

/// Words between white space: order, repetition and the amount of white space have no meaning.
pub const WORDS: &Equality = &Equality {
    name: "words",
    same: |left, right| words(left) == words(right),
    form: Some(|text| Cow::Owned(words(text).into_iter().collect::<Vec<_>>().join(" "))),
    sent: None,
    redacted: None,
    valid: |_| Ok(()),
};

/// A URL or origin; a slash at the end has no meaning.
pub const URL: &Equality = &Equality {
    name: "URL",
    same: |left, right| left.trim_end_matches('/') == right.trim_end_matches('/'),
    form: Some(|text| Cow::Borrowed(text.trim_end_matches('/'))),
    sent: None,
    redacted: None,
    valid: |_| Ok(()),
};

/// A time (RFC 3339); offsets and trailing zeros have no meaning.
pub const INSTANT: &Equality = &Equality {
    name: "instant",
    same: |left, right| both(instant::parse(left), instant::parse(right), left, right),
    form: None,
    sent: None,
    redacted: None,
    valid: |text| {
        let moment = instant::parse(text).map(drop);
        moment.ok_or_else(|| "Must be a time as in RFC 3339, such as `2030-01-31T12:00:00Z`, up to the year 9999.".to_owned())
    },
};

fn words(text: &str) -> BTreeSet<&str> {
    text.split_whitespace().collect()
}

fn both<T: PartialEq>(left: Option<T>, right: Option<T>, left_text: &str, right_text: &str) -> bool {
    match (left, right) {
        (Some(left), Some(right)) => left == right,
        _ => left_text == right_text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_meaning_are_equal() {
        for (meaning, left, right) in [
            (DURATION, "90m", "1h30m0s"),
            (DURATION, "1.5h", "5400s"),
            (JSON, r#"{"a": 1.0, "b": [12345678901234567890]}"#, r#"{"b":[12345678901234567890],"a":1}"#),
            (WORDS, "  openid   offline ", "offline openid"),
            (URL, "https://a.example/", "https://a.example"),
            (INSTANT, "2030-01-01T01:00:00+01:00", "2030-01-01T00:00:00.000Z"),
        ] {
            assert!((meaning.same)(left, right), "{}: {left} {right}", meaning.name);
            assert!(meaning.form.is_none_or(|form| form(left) == form(right)), "{}: {left} {right}", meaning.name);
        }
    }

    #[test]
    fn other_meanings_and_invalid_texts_are_not() {
        for (meaning, left, right) in [
            (DURATION, "90m", "91m"),
            (DURATION, "x", "y"),
            (JSON, "{\"a\":12345678901234567890}", "{\"a\":12345678901234567891}"),
            (JSON, "[1,2]", "[2,1]"),
            (JSON, "{", "{}"),
            (WORDS, "openid", "offline"),
            (URL, "https://a.example/x", "https://a.example"),
            (INSTANT, "2030-01-01T00:00:00Z", "2030-01-01T00:00:01Z"),
        ] {
            assert!(!(meaning.same)(left, right), "{}: {left} {right}", meaning.name);
        }
    }
}

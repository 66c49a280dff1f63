//! Lifetimes of API keys, in the spellings that Ory Talos accepts: with days, weeks, months and years.

use crate::{schema::Equality, value::duration, value::instant::SECOND};
use std::borrow::Cow;

/// A lifetime such as `720h`, `30d`, `2w`, `1mo` (30 days) or `1y` (365 days), of whole seconds, as Ory Talos accepts it. It is
/// sent in seconds, which every version understands.
pub const TTL: &Equality = &Equality {
    name: "duration",
    same: |left, right| left == right || matches!((seconds(left), seconds(right)), (Some(left), Some(right)) if left == right),
    form: None,
    sent: Some(|text| seconds(text).map_or(Cow::Borrowed(text), |seconds| Cow::Owned(format!("{seconds}s")))),
    redacted: None,
    valid: |text| {
        seconds(text).map(drop).ok_or_else(|| {
            "Must be a lifetime of whole seconds, from `1s` to ten years, such as `720h`, `30d`, `2w`, `1mo` (30 days) or `1y` (365 days)."
                .into()
        })
    },
};

/// The longest lifetime, in seconds.
const LONGEST: i64 = 315_360_000;
/// The units that Go's durations do not have, in hours.
const LONGER: [(&str, i64); 4] = [("d", 24), ("w", 7 * 24), ("mo", 30 * 24), ("y", 365 * 24)];

/// The lifetime in seconds.
pub fn seconds(text: &str) -> Option<i64> {
    let (mut rest, mut total) = (text, 0_i64);
    while !rest.is_empty() {
        let unit = rest.find(|c: char| !c.is_ascii_digit() && c != '.').filter(|at| *at > 0)?;
        let end = rest[unit..].find(|c: char| c.is_ascii_digit() || c == '.').map_or(rest.len(), |length| unit + length);
        let part = match LONGER.iter().find(|(name, _)| *name == &rest[unit..end]) {
            Some((_, hours)) => duration::parse(&format!("{}h", &rest[..unit])).ok()?.checked_mul(*hours)?,
            None => duration::parse(&rest[..end]).ok()?,
        };
        total = total.checked_add(part)?;
        rest = &rest[end..];
    }
    let second = i64::try_from(SECOND).ok()?;
    (total % second == 0).then_some(total / second).filter(|seconds| (1..=LONGEST).contains(seconds))
}

/// The lifetime in nanoseconds; 0 if it is not set.
pub fn nanoseconds(text: Option<&str>) -> i128 {
    text.and_then(seconds).map_or(0, |seconds| i128::from(seconds) * SECOND)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_those_of_talos() {
        // From Ory's description of `ttl`.
        for (text, expected) in [
            ("3600s", 3600),
            ("24h", 86_400),
            ("30m", 1800),
            ("1h30m", 5400),
            ("1.5h", 5400),
            ("1d", 86_400),
            ("1w", 604_800),
            ("1mo", 2_592_000),
            ("1y", 31_536_000),
            ("1d12h", 129_600),
            ("315360000s", 315_360_000),
        ] {
            assert_eq!(seconds(text), Some(expected), "{text}");
            assert_eq!((TTL.sent.unwrap())(text), format!("{expected}s"));
            assert!((TTL.same)(text, &format!("{expected}s")));
        }
        for text in ["", "0s", "1", "d", "1500ms", "315360001s", "11y", "-1h", "1 d", "1fortnight", "9223372036854775807h"] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }
}

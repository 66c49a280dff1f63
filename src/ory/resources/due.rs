//! Values that become due as time passes. Plans have no clock: a refresh reads it and stores the result in the state, where the
//! plan reads it. So a plan and its apply agree, however much time is between them.
//!
//! Owns the comparison, and the only reading of the clock: the server's clock if the answer has its time. A flag of a table
//! declares what is due ([`Attr::due`](crate::schema::Attr::due)). Knows no resource.

use crate::{
    rest::Reply,
    value::{
        duration,
        instant::{self, SECOND},
    },
};
use jiff::Timestamp;

/// The current time in the form of a state: RFC 3339, to the second.
pub fn now() -> String {
    Timestamp::from_second(Timestamp::now().as_second()).unwrap_or_default().to_string()
}

/// Whether the span has passed since that moment; `None` if `since` is not a moment or `span` not a duration.
pub fn is_over(since: &str, span: &str) -> Option<bool> {
    is_over_at(Timestamp::now().as_nanosecond(), since, span)
}

fn is_over_at(now: i128, since: &str, span: &str) -> Option<bool> {
    Some(instant::parse(since)? + i128::from(duration::parse(span).ok()?) <= now)
}

/// Whether the moment has passed; `None` if the text is not a moment.
pub fn is_past(moment: &str) -> Option<bool> {
    is_over(moment, "0s")
}

/// The server's time in nanoseconds since 1970, or this machine's if the answer does not have it.
pub fn server_now(reply: &Reply) -> i128 {
    reply.date().map_or_else(|| jiff::Timestamp::now().as_nanosecond(), |seconds| i128::from(seconds) * SECOND)
}

/// Whether at most `before` nanoseconds are left until this moment (RFC 3339). A text that is not a moment is never due.
pub fn is_due(moment: &str, before: i128, now: i128) -> bool {
    instant::parse(moment).is_some_and(|moment| moment - before <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_over_at_its_very_end() {
        let at = |text: &str| instant::parse(text).unwrap();
        let over = |now: &str| is_over_at(at(now), "2031-01-01T00:00:00Z", "1h30m");
        assert_eq!(over("2031-01-01T01:29:59.999999999Z"), Some(false));
        assert_eq!(over("2031-01-01T01:30:00Z"), Some(true));
        assert_eq!(over("2031-01-01T02:30:00+01:00"), Some(true));
        // The year 9999, which many use for "never", is not over; a text that is not a moment or a duration gives `None`.
        assert_eq!(is_over_at(at("2031-01-01T00:00:00Z"), "9999-12-31T23:59:59Z", "1h"), Some(false));
        assert_eq!(is_over_at(0, "yesterday", "1h"), None);
        assert_eq!(is_over_at(0, "2031-01-01T00:00:00Z", "1d"), None);
    }

    #[test]
    fn now_is_a_moment_of_whole_seconds_that_is_past() {
        let now = now();
        assert!(now.len() == "2031-01-01T00:00:00Z".len() && instant::parse(&now).is_some(), "{now}");
        assert_eq!(is_past(&now), Some(true));
        assert_eq!(is_over(&now, "1h"), Some(false));
    }

    #[test]
    fn a_moment_comes_so_long_before_it() {
        let (hour, at) = (3600 * SECOND, 1_893_456_000 * SECOND);
        for (moment, before, now, expected) in [
            ("2030-01-01T00:00:00Z", 0, at - 1, false),
            ("2030-01-01T00:00:00Z", 0, at, true),
            ("2030-01-01T00:00:00Z", hour, at - hour, true),
            ("2030-01-01T01:00:00+01:00", hour, at - hour - 1, false),
            ("never", hour, at, false),
        ] {
            assert_eq!(is_due(moment, before, now), expected, "{moment} {before}");
        }
    }
}

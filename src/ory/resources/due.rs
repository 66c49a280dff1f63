//! What has to be done before a moment: whether its time has come.
//!
//! No plan knows a clock, so that a read compares with it and raises a flag ([`Attr::due`](crate::schema::Attr::due)), which
//! the plan reads. The clock is the server's, where its answer tells it.

use crate::{
    rest::Reply,
    value::instant::{self, SECOND},
};

/// What the server's clock shows, in nanoseconds since 1970; this machine's where it does not say.
pub fn now(reply: &Reply) -> i128 {
    reply.date().map_or_else(|| jiff::Timestamp::now().as_nanosecond(), |seconds| i128::from(seconds) * SECOND)
}

/// Whether it is at most so many nanoseconds until this moment (RFC 3339). What is no moment never comes.
pub fn is_due(moment: &str, before: i128, now: i128) -> bool {
    instant::parse(moment).is_some_and(|moment| moment - before <= now)
}

#[cfg(test)]
mod tests {
    use super::*;

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

//! How long a batch waits for more writers.
//!
//! A tool works on a fixed number of objects at a time. When a batch ends, the tool gets the results of that many writes, and
//! starts as many new ones within a moment. So the next batch waits for as many as the last one released. Pure.

use std::time::Duration;
use tokio::time::Instant;

/// What is known of the writers that came and went.
pub(super) struct Arrivals {
    /// When a writer last joined, or a batch last released its writers.
    last: Instant,
    /// How many of the writers that the last batch released have no successor yet.
    missing: usize,
    /// How long the last batch was in flight.
    took: Duration,
}

impl Arrivals {
    pub fn new(now: Instant) -> Arrivals {
        Arrivals { last: now, missing: 0, took: Duration::ZERO }
    }

    /// A writer has joined.
    pub fn join(&mut self, now: Instant) {
        self.last = now;
        self.missing = self.missing.saturating_sub(1);
    }

    /// A batch has released this many writers.
    pub fn release(&mut self, writers: usize, began: Instant, now: Instant) {
        *self = Arrivals { last: now, missing: writers, took: now.duration_since(began) };
    }

    /// The writer of something else has ended.
    pub fn leave(&mut self, now: Instant) {
        self.last = now;
        self.missing += 1;
    }

    /// When a batch goes whose turn came at `start`, if nobody else joins: a fifth of `company` after the last writer, and at the
    /// latest `company` after the start. While writers are missing, a fifth and a half of the time that the last batch was in
    /// flight take the place of these times, up to ten times as long: to wait costs less than another batch.
    pub fn departure(&self, start: Instant, company: Duration) -> Instant {
        let at_least = |time: Duration, least: Duration| time.clamp(least, least * 10);
        let (gap, limit) = match self.missing {
            0 => (company / 5, company),
            _ => (at_least(self.took / 5, company / 5), at_least(self.took / 2, company)),
        };
        (self.last + gap).min(start + limit)
    }
}

//! The latest events for the page: a ring buffer, and waiting for the next event.
//!
//! Owns the limits. An event is JSON that was made when it happened, without secrets. Runs of any length take the same memory,
//! and a page that reads too late is told how many events it missed.

use std::{
    collections::VecDeque,
    sync::{Mutex, PoisonError},
};
use tokio::sync::watch;

/// The maximum number of events, as long as they fit into [`BYTES`].
pub const EVENTS: usize = 5_000;
/// The maximum size of all events, in bytes.
pub const BYTES: usize = 6 << 20;

/// The last events.
pub struct Feed {
    ring: Mutex<Ring>,
    news: watch::Sender<u64>,
}

#[derive(Default)]
struct Ring {
    /// The number of the first event in the buffer.
    first: u64,
    bytes: usize,
    events: VecDeque<String>,
}

/// Events in a row.
#[derive(Debug, PartialEq)]
pub struct Batch {
    /// A JSON array of them.
    pub events: String,
    /// How many events before them are no longer in the buffer.
    pub missed: u64,
    /// The number of the next event to come.
    pub next: u64,
}

impl Default for Feed {
    fn default() -> Self {
        Self { ring: Mutex::default(), news: watch::channel(0).0 }
    }
}

impl Feed {
    /// Adds an event: the members of a JSON object, to which its number is added.
    pub fn push(&self, members: &str) {
        let mut ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let number = ring.first + ring.events.len() as u64;
        let event = format!("{{\"seq\":{number},{members}}}");
        ring.bytes += event.len();
        ring.events.push_back(event);
        while ring.events.len() > EVENTS || ring.bytes > BYTES {
            let Some(oldest) = ring.events.pop_front() else { break };
            ring.bytes -= oldest.len();
            ring.first += 1;
        }
        self.news.send_replace(number + 1);
    }

    /// The events from this number on.
    #[must_use]
    pub fn since(&self, number: u64) -> Batch {
        let ring = self.ring.lock().unwrap_or_else(PoisonError::into_inner);
        let next = ring.first + ring.events.len() as u64;
        // The number is from an earlier run of the server: all events of this run are new.
        let number = if number > next { 0 } else { number };
        let from = number.max(ring.first);
        let events: Vec<&str> =
            ring.events.iter().skip(usize::try_from(from - ring.first).unwrap_or(usize::MAX)).map(String::as_str).collect();
        Batch { events: format!("[{}]", events.join(",")), missed: from - number, next }
    }

    /// Signals when there are more events.
    #[must_use]
    pub fn news(&self) -> watch::Receiver<u64> {
        self.news.subscribe()
    }

    /// Signals all pages that something other than an event is new.
    pub fn nudge(&self) {
        self.news.send_modify(|_| {});
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ring_is_bounded_and_says_what_was_missed() {
        let feed = Feed::default();
        (0..3).for_each(|at| feed.push(&format!("\"at\":{at}")));
        assert_eq!(feed.since(1), Batch { events: r#"[{"seq":1,"at":1},{"seq":2,"at":2}]"#.into(), missed: 0, next: 3 });
        assert_eq!(feed.since(3).events, "[]");
        assert_eq!(feed.since(900).next, 3);
        (0..EVENTS + 7).for_each(|_| feed.push("\"a\":1"));
        let batch = feed.since(0);
        assert_eq!((batch.missed, batch.next), (10, EVENTS as u64 + 10));
        // A few large events count like many small ones.
        let large = format!("\"a\":\"{}\"", "x".repeat(BYTES / 4));
        (0..9).for_each(|_| feed.push(&large));
        assert!(feed.since(0).events.len() <= BYTES + 10);
        feed.push(&format!("\"a\":\"{}\"", "x".repeat(BYTES)));
        assert_eq!(feed.since(0).events, "[]");
    }
}

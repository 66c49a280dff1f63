//! Counts requests by route: for figures, and for tests of how many requests a client sends.
//!
//! Owns the counters. Costs a few bytes for each route, however many requests there are.

use super::services::Counted;
use serde::Serialize;
use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// The requests so far by method and route, such as `GET /admin/clients/{id}`.
pub type Summary = BTreeMap<String, Count>;

/// The requests of one route.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Count {
    /// All of them.
    pub requests: usize,
    /// Those that were answered 429.
    pub too_many: usize,
    /// When the first one came, in seconds since the server started.
    pub first: f64,
    /// When the last one came.
    pub last: f64,
}

/// The counters of a server.
pub struct Tally {
    began: Instant,
    counts: Mutex<Summary>,
}

impl Tally {
    /// No requests yet; the time starts now.
    #[must_use]
    pub fn start() -> Self {
        Self { began: Instant::now(), counts: Mutex::default() }
    }

    /// The time since the server started, for [`Tally::count`].
    #[must_use]
    pub fn now(&self) -> Duration {
        self.began.elapsed()
    }

    /// Counts a request that came at this time.
    pub fn count(&self, at: Duration, method: &str, route: Option<Counted>, status: u16) {
        let path = route.map_or("elsewhere", |route| route.path);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = Count { first: at.as_secs_f64(), ..Count::default() };
        let count = counts.entry(format!("{method} {path}")).or_insert(fresh);
        count.requests += 1;
        count.too_many += usize::from(status == 429);
        count.last = at.as_secs_f64();
    }

    /// The counts.
    #[must_use]
    pub fn summary(&self) -> Summary {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The counts since the last call.
    #[must_use]
    pub fn take(&self) -> Summary {
        std::mem::take(&mut *self.counts.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

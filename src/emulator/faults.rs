//! Intended faults: late answers, refusals, lost answers, a read-only server.
//!
//! Owns which request gets which fault, and the answer then. Rates and buckets are in [`super::limit`]; faults of the network are
//! left to proxies.

use super::{envelope::Problem, reply::Reply};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// The faults; by default, none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// The delay before each request is handled.
    pub latency: Duration,
    /// How many of a hundred requests get each fault of [`Mishap::ALL`]; together at most a hundred.
    pub shares: [u8; 4],
    /// Whether writes are refused.
    pub read_only: bool,
}

/// A fault that a request may get.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mishap {
    /// It is answered 429, and not carried out.
    TooMany,
    /// It is answered 500, and not carried out.
    Broken,
    /// It is answered 503, and not carried out.
    Unavailable,
    /// It is carried out, and the connection closes without an answer.
    Lost,
    /// It is a write, and answered 403.
    ReadOnly,
}

impl Mishap {
    /// The faults that a share of the requests gets, in the order of [`Faults::shares`].
    pub const ALL: [Self; 4] = [Self::TooMany, Self::Broken, Self::Unavailable, Self::Lost];

    /// Its name in JSON.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::TooMany => "too_many",
            Self::Broken => "broken",
            Self::Unavailable => "unavailable",
            Self::Lost => "lost",
            Self::ReadOnly => "read_only",
        }
    }

    /// The answer in place of the service's; `None` if the request is carried out.
    #[must_use]
    pub fn refusal(self) -> Option<Reply> {
        let soon =
            |problem: Problem| problem.because("This fault is switched on in the emulator's window.").reply().with("retry-after", "1");
        match self {
            Self::TooMany => Some(soon(Problem::too_many_requests())),
            Self::Broken => Some(soon(Problem::internal())),
            Self::Unavailable => Some(soon(Problem::unavailable())),
            Self::ReadOnly => {
                Some(Problem::forbidden().because("The server is read-only: this is switched on in the emulator's window.").reply())
            }
            Self::Lost => None,
        }
    }
}

/// Whether a request changes data. A POST for a token or a check does not.
#[must_use]
pub fn is_write(method: &str, path: &str) -> bool {
    let asks = path.contains("/oauth2/") && !path.contains("/oauth2/register") || path.starts_with("/relation-tuples/");
    !["GET", "HEAD"].contains(&method) && !asks
}

/// The faults of a server, which may change while it runs.
pub struct Switches {
    now: Mutex<Faults>,
    asked: AtomicU32,
}

impl Switches {
    /// With these faults at first.
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { now: Mutex::new(faults), asked: AtomicU32::new(0) }
    }

    /// The current faults.
    #[must_use]
    pub fn get(&self) -> Faults {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Sets the faults from now on.
    pub fn set(&self, faults: Faults) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// The fault that the next request gets, if any.
    pub fn meet(&self, write: bool) -> Option<Mishap> {
        let Faults { shares, read_only, .. } = self.get();
        if write && read_only {
            return Some(Mishap::ReadOnly);
        }
        if shares == [0; 4] {
            return None;
        }
        // Steps of the golden ratio: of any hundred requests in a row, the configured number gets a fault, and no regular pattern
        // of the caller hits all or none of them.
        let turn = self.asked.fetch_add(1, Ordering::Relaxed).wrapping_mul(0x9E37_79B9);
        let mut thrown = (u64::from(turn) * 100) >> 32;
        Mishap::ALL.into_iter().zip(shares).find_map(|(mishap, share)| match thrown.checked_sub(u64::from(share)) {
            None => Some(mishap),
            Some(rest) => {
                thrown = rest;
                None
            }
        })
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn of_a_hundred_requests_as_many_are_hit_as_asked_for() {
        let switches = Switches::new(Faults { shares: [20, 0, 5, 30], ..Faults::default() });
        for _ in 0..5 {
            let met: Vec<_> = (0..100).map(|_| switches.meet(false)).collect();
            for (mishap, share) in [(Mishap::TooMany, 20), (Mishap::Broken, 0), (Mishap::Unavailable, 5), (Mishap::Lost, 30)] {
                let hit = met.iter().filter(|met| **met == Some(mishap)).count();
                assert!(hit.abs_diff(share) <= 2, "{mishap:?}: {hit}");
            }
        }
        switches.set(Faults { shares: [100, 0, 0, 0], read_only: true, ..Faults::default() });
        assert_eq!((switches.meet(true), switches.meet(false)), (Some(Mishap::ReadOnly), Some(Mishap::TooMany)));
        switches.set(Faults::default());
        assert!((0..100).all(|_| switches.meet(true).is_none()));
    }
}

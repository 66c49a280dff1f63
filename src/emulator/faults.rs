//! What goes wrong on purpose: late answers, refusals, answers that get lost, a server that takes no writes.
//!
//! Owns which request is hit by what, and what it is told then. Rates and buckets are for [`super::limit`]; what a
//! network does to bytes is for proxies.

use super::{envelope::Problem, reply::Reply};
use std::{
    sync::{
        Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// What goes wrong; by default, nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    /// How long each request is on its way before anything is done with it.
    pub latency: Duration,
    /// Of a hundred requests, how many are hit by each of [`Mishap::ALL`]; together a hundred at most.
    pub shares: [u8; 4],
    /// Whether writes are refused.
    pub read_only: bool,
}

/// What may become of a request.
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
    /// Those that hit a share of the requests, in the order of [`Faults::shares`].
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

    /// What is said instead of an answer; none if the request is carried out.
    #[must_use]
    pub fn refusal(self) -> Option<Reply> {
        let soon = |problem: Problem| problem.because("A fault that was switched on in the window.").reply().with("retry-after", "1");
        match self {
            Self::TooMany => Some(soon(Problem::too_many_requests())),
            Self::Broken => Some(soon(Problem::internal())),
            Self::Unavailable => Some(soon(Problem::unavailable())),
            Self::ReadOnly => Some(Problem::forbidden().because("The server takes no writes: this was switched on in the window.").reply()),
            Self::Lost => None,
        }
    }
}

/// Whether a request is there to change what is kept: tokens and checks are asked for by POST too.
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
    /// These to begin with.
    #[must_use]
    pub fn new(faults: Faults) -> Self {
        Self { now: Mutex::new(faults), asked: AtomicU32::new(0) }
    }

    /// What goes wrong at present.
    #[must_use]
    pub fn get(&self) -> Faults {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// From now on, these.
    pub fn set(&self, faults: Faults) {
        *self.now.lock().unwrap_or_else(PoisonError::into_inner) = faults;
    }

    /// What becomes of the next request.
    pub fn meet(&self, write: bool) -> Option<Mishap> {
        let Faults { shares, read_only, .. } = self.get();
        if write && read_only {
            return Some(Mishap::ReadOnly);
        }
        if shares == [0; 4] {
            return None;
        }
        // Steps of the golden ratio: of any hundred requests in a row as many are hit as were asked for, and no
        // rhythm of the caller's meets them all or none.
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

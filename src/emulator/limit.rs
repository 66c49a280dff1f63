//! Rate limits as Ory Network sets them: a bucket of routes, a burst and a sustained rate, and headers with the state.
//!
//! Owns the counting, the headers and the refusal. The services know which route is in which bucket, and the
//! numbers of Ory's plans are in [`super::plan`]. Whether the real counters are fixed windows is not published; they
//! are here, since that is what headers in whole seconds until a reset mean.

use super::{envelope::Problem, reply::Reply};
use std::{
    collections::BTreeMap,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// A number of requests in a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub requests: u32,
    /// In how many seconds.
    pub seconds: u32,
}

/// The rates of one bucket; all of them apply.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketLimit {
    /// The bucket.
    pub bucket: String,
    /// Its rates.
    pub rates: Vec<Rate>,
}

impl FromStr for BucketLimit {
    type Err = String;

    /// `BUCKET=5/s,300/m`: one or more rates, each per second, per minute, or per number of seconds (`10/5s`).
    fn from_str(text: &str) -> Result<Self, String> {
        let (bucket, rates) = text.split_once('=').ok_or("expected BUCKET=RATE, such as hydra-admin-low=5/s,300/m")?;
        let known = super::services::buckets();
        if !known.contains(bucket) {
            let known: Vec<_> = known.into_iter().collect();
            return Err(format!("there is no bucket `{bucket}`; use one of {}", known.join(", ")));
        }
        let rates = rates.split(',').map(|rate| {
            let (requests, window) = rate.split_once('/')?;
            let seconds = match window {
                "s" => 1,
                "m" => 60,
                other => other.strip_suffix('s')?.parse().ok()?,
            };
            let rate = Rate { requests: requests.parse().ok()?, seconds };
            (rate.requests > 0 && rate.seconds > 0).then_some(rate)
        });
        let rates =
            rates.collect::<Option<Vec<_>>>().ok_or("a rate is a number greater than zero, followed by /s, /m or, for example, /10s")?;
        Ok(BucketLimit { bucket: bucket.to_owned(), rates })
    }
}

/// The counters of a server, by bucket.
pub struct Limits {
    began: Instant,
    buckets: Mutex<BTreeMap<String, Vec<(Rate, Counter)>>>,
}

/// The use of a bucket, at one of its rates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Level {
    /// The rate.
    pub rate: Rate,
    /// How many of its requests are used.
    pub used: u32,
    /// How long until all of them are available again.
    pub reset: Duration,
}

/// The requests that were let through in a window.
#[derive(Clone, Copy, Default)]
struct Counter {
    window: u64,
    used: u32,
}

/// The result of counting a request in a bucket.
pub struct Verdict {
    /// Whether it is let through.
    pub admitted: bool,
    headers: [(&'static str, String); 3],
}

impl Limits {
    /// With nothing used yet. Of two limits for one bucket, the later one applies.
    #[must_use]
    pub fn new(limits: &[BucketLimit]) -> Self {
        let new = Self { began: Instant::now(), buckets: Mutex::default() };
        new.set(limits);
        new
    }

    /// Sets the limits from now on, with nothing used yet.
    pub fn set(&self, limits: &[BucketLimit]) {
        let counted = |limit: &BucketLimit| limit.rates.iter().map(|rate| (*rate, Counter::default())).collect();
        let buckets = limits.iter().map(|limit| (limit.bucket.clone(), counted(limit))).collect();
        *self.buckets.lock().unwrap_or_else(PoisonError::into_inner) = buckets;
    }

    /// Counts a request of the bucket; `None` if the bucket is not limited.
    pub fn count(&self, bucket: &str) -> Option<Verdict> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let rates = buckets.get_mut(bucket)?;
        let now = self.began.elapsed();
        rates.iter_mut().for_each(|(rate, counter)| counter.turn(*rate, now));
        let admitted = rates.iter().all(|(rate, counter)| counter.used < rate.requests);
        if admitted {
            rates.iter_mut().for_each(|(_, counter)| counter.used += 1);
        }
        // The headers are for the rate that has the fewest requests left.
        let left = |(rate, counter): &(Rate, Counter)| rate.requests - counter.used;
        let nearest = rates.iter().min_by_key(|one| (left(one), std::cmp::Reverse(one.0.seconds)))?;
        let (rate, reset) = (nearest.0, nearest.1.reset(nearest.0, now));
        let quotas: String = rates.iter().map(|(rate, _)| format!(", {};w={}", rate.requests, rate.seconds)).collect();
        let headers = [
            ("x-ratelimit-limit", format!("{}{quotas}", rate.requests)),
            ("x-ratelimit-remaining", left(nearest).to_string()),
            // Whole seconds: the real server shows 0 for its bursts of one second.
            ("x-ratelimit-reset", reset.as_secs().to_string()),
        ];
        Some(Verdict { admitted, headers })
    }

    /// The use of each bucket.
    #[must_use]
    pub fn levels(&self) -> Vec<(String, Vec<Level>)> {
        let now = self.began.elapsed();
        let level = |&(rate, mut counter): &(Rate, Counter)| {
            counter.turn(rate, now);
            Level { rate, used: counter.used, reset: counter.reset(rate, now) }
        };
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        buckets.iter().map(|(bucket, rates)| (bucket.clone(), rates.iter().map(level).collect())).collect()
    }
}

impl Counter {
    /// Resets the counter when a new window has begun.
    fn turn(&mut self, rate: Rate, now: Duration) {
        let window = now.as_secs() / u64::from(rate.seconds);
        if self.window != window {
            *self = Self { window, used: 0 };
        }
    }

    fn reset(self, rate: Rate, now: Duration) -> Duration {
        Duration::from_secs((self.window + 1) * u64::from(rate.seconds)).saturating_sub(now)
    }
}

impl Verdict {
    /// The answer with the rate limit headers.
    #[must_use]
    pub fn tell(self, reply: Reply) -> Reply {
        self.headers.into_iter().fold(reply, |reply, (name, value)| reply.with(name, value))
    }

    /// The answer to a request that is not let through.
    #[must_use]
    pub fn refusal(self) -> Reply {
        self.tell(Problem::too_many_requests().reply())
    }
}

//! Rate limits as Ory Network sets them: a bucket of routes, a burst and a sustained rate, and headers that tell.
//!
//! Owns the counting, the headers and the refusal. Which route is in which bucket is for [`super::routes`], and the
//! numbers of Ory's plans are for [`super::plan`]. Whether the real counters are fixed windows is not published; they
//! are here, since that is what headers in whole seconds until a reset mean.

use super::{envelope::Problem, reply::Reply};
use std::{
    collections::BTreeMap,
    str::FromStr,
    sync::{Mutex, PoisonError},
    time::Duration,
};
use tokio::time::Instant;

/// So many requests in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many.
    pub requests: u32,
    /// In how many seconds.
    pub seconds: u32,
}

/// The rates of one bucket; all of them hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BucketLimit {
    /// The bucket.
    pub bucket: String,
    /// Its rates.
    pub rates: Vec<Rate>,
}

impl FromStr for BucketLimit {
    type Err = String;

    /// `BUCKET=5/s,300/m`: one rate or more, each in a second, a minute or so many seconds (`10/5s`).
    fn from_str(text: &str) -> Result<Self, String> {
        let (bucket, rates) = text.split_once('=').ok_or("expected BUCKET=RATE, such as hydra-admin-low=5/s,300/m")?;
        if !super::routes::buckets().any(|known| known == bucket) {
            let known: Vec<_> = super::routes::buckets().collect();
            return Err(format!("there is no bucket `{bucket}`; there are {}", known.join(", ")));
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
        let rates = rates.collect::<Option<Vec<_>>>().ok_or("a rate is a number above zero, then /s, /m or such as /10s")?;
        Ok(BucketLimit { bucket: bucket.to_owned(), rates })
    }
}

/// The counters of a server.
pub struct Limits {
    began: Instant,
    rates: BTreeMap<String, Vec<Rate>>,
    used: Mutex<BTreeMap<String, Vec<Counter>>>,
}

/// What was let through in a window.
#[derive(Clone, Copy, Default)]
struct Counter {
    window: u64,
    used: u32,
}

/// What a request that belongs to a bucket is told.
pub struct Verdict {
    /// Whether it is let through.
    pub admitted: bool,
    headers: [(&'static str, String); 3],
}

impl Limits {
    /// Nothing used yet. Of two limits for one bucket the later holds.
    #[must_use]
    pub fn new(limits: &[BucketLimit]) -> Self {
        let rates = limits.iter().map(|limit| (limit.bucket.clone(), limit.rates.clone())).collect();
        Self { began: Instant::now(), rates, used: Mutex::default() }
    }

    /// Counts a request of the bucket; `None` if the bucket is not limited.
    pub fn count(&self, bucket: &str) -> Option<Verdict> {
        let rates = self.rates.get(bucket)?;
        let now = self.began.elapsed();
        let mut used = self.used.lock().unwrap_or_else(PoisonError::into_inner);
        let counters = used.entry(bucket.to_owned()).or_insert_with(|| vec![Counter::default(); rates.len()]);
        for (counter, rate) in counters.iter_mut().zip(rates) {
            let window = now.as_secs() / u64::from(rate.seconds);
            if counter.window != window {
                *counter = Counter { window, used: 0 };
            }
        }
        let admitted = counters.iter().zip(rates).all(|(counter, rate)| counter.used < rate.requests);
        if admitted {
            counters.iter_mut().for_each(|counter| counter.used += 1);
        }
        // What is told is the rate that is nearest to its end.
        let left = |(counter, rate): &(&Counter, &Rate)| rate.requests - counter.used;
        let (counter, rate) = counters.iter().zip(rates).min_by_key(|pair| (left(pair), std::cmp::Reverse(pair.1.seconds)))?;
        let reset = Duration::from_secs((counter.window + 1) * u64::from(rate.seconds)).saturating_sub(now);
        let quotas: String = rates.iter().map(|rate| format!(", {};w={}", rate.requests, rate.seconds)).collect();
        let headers = [
            ("x-ratelimit-limit", format!("{}{quotas}", rate.requests)),
            ("x-ratelimit-remaining", left(&(counter, rate)).to_string()),
            // Whole seconds: the real one says 0 of its bursts of a second.
            ("x-ratelimit-reset", reset.as_secs().to_string()),
        ];
        Some(Verdict { admitted, headers })
    }
}

impl Verdict {
    /// The answer with what is left told in its headers.
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

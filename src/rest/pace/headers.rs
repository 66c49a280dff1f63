//! Rate limits in the headers of an answer.
//!
//! Owns the reading of `RateLimit-*` headers, with and without `X-`, in the forms that gateways send:
//! `10`, or `10, 10;w=1, 300;w=60` where the other headers are about the first number, or a line of
//! each header for each limit. Ignores impossible values. Remembers nothing.

use reqwest::header::HeaderMap;
use std::time::{Duration, SystemTime};

/// The longest window. Nobody wants to wait longer: the refusal is more helpful.
const LONGEST_WINDOW: Duration = Duration::from_secs(3600);

/// No server counts so many requests in a window; such a header is ignored.
const MOST_REQUESTS: usize = 1_000_000_000;
/// Servers limit by the second, the hour and the like; no server names more rates than this.
const MOST_RATES: usize = 16;

/// A number of requests in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// The number of requests; neither 0 nor beyond what is counted.
    pub requests: usize,
    /// The window; never 0.
    pub window: Duration,
}

/// The remaining requests of one rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Left {
    /// The rate.
    pub of: Rate,
    /// The number of requests that are possible now.
    pub requests: usize,
    /// The time until all of them are available again, in whole seconds rounded down.
    pub reset: Duration,
}

/// All rate limits of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RateHeaders {
    /// Every rate that is named.
    pub rates: Vec<Rate>,
    /// The remaining requests of some of them.
    pub left: Vec<Left>,
    /// How long the server asks to wait.
    pub retry_after: Option<Duration>,
}

impl RateHeaders {
    /// Reads the headers.
    pub fn read(headers: &HeaderMap) -> RateHeaders {
        let mut told = RateHeaders { retry_after: retry_after(headers), ..RateHeaders::default() };
        let (limits, remaining, resets) = (lines(headers, "limit"), lines(headers, "remaining"), lines(headers, "reset"));
        for (at, line) in limits.iter().take(MOST_RATES).enumerate() {
            let number = |lines: &[&str]| lines.get(at).and_then(|line| line.trim().parse::<u64>().ok());
            let reset = number(&resets).map(Duration::from_secs).filter(|reset| *reset <= LONGEST_WINDOW);
            let mut items = line.split(',').take(MOST_RATES).map(|item| {
                let (number, parameters) = item.split_once(';').unwrap_or((item, ""));
                let window = parameters.split(';').find_map(|parameter| parameter.trim().strip_prefix("w=")?.parse().ok());
                (number.trim().parse::<usize>().unwrap_or(0), window.map(Duration::from_secs))
            });
            let Some((first, own)) = items.next() else { continue };
            let named = std::iter::once((first, own)).chain(items).filter_map(|(requests, window)| Rate::checked(requests, window?));
            let named: Vec<Rate> = named.collect();
            // Of rates with the same number, the one with the shortest window that the reset fits.
            let fits = |rate: &&Rate| rate.requests == first && reset.is_none_or(|reset| reset <= rate.window);
            // A rate without a window has at least the window of its reset.
            let guessed = || Rate::checked(first, reset?.max(Duration::from_secs(1)));
            let of = named.iter().filter(fits).min_by_key(|rate| rate.window).copied().or_else(guessed);
            if let (Some(of), Some(requests)) = (of, number(&remaining)) {
                let requests = usize::try_from(requests).unwrap_or(usize::MAX).min(of.requests);
                told.left.push(Left { of, requests, reset: reset.unwrap_or_default() });
            }
            let fresh: Vec<Rate> = named.into_iter().chain(of).filter(|rate| !told.rates.contains(rate)).collect();
            for rate in fresh {
                if !told.rates.contains(&rate) {
                    told.rates.push(rate);
                }
            }
        }
        told
    }

    /// The time to wait after a refusal, if the server says it: until the last exhausted rate is available again.
    pub fn wait(&self) -> Option<Duration> {
        // Whole seconds are rounded down, so that one more second is added.
        let resets = self.left.iter().filter(|left| left.requests == 0).map(|left| left.reset + Duration::from_secs(1));
        self.retry_after.or_else(|| resets.max())
    }

    /// Whether the headers show an exhausted rate.
    pub fn explains(&self) -> bool {
        self.left.iter().any(|left| left.requests == 0)
    }
}

impl Rate {
    fn checked(requests: usize, window: Duration) -> Option<Rate> {
        ((1..=MOST_REQUESTS).contains(&requests) && !window.is_zero() && window <= LONGEST_WINDOW).then_some(Rate { requests, window })
    }
}

impl std::fmt::Display for Rate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.window.as_secs() {
            1 => write!(f, "{} requests a second", self.requests),
            60 => write!(f, "{} requests a minute", self.requests),
            seconds => write!(f, "{} requests in {seconds} s", self.requests),
        }
    }
}

fn lines<'a>(headers: &'a HeaderMap, name: &str) -> Vec<&'a str> {
    let get = |prefix: &str| -> Vec<&str> {
        headers.get_all(format!("{prefix}ratelimit-{name}")).iter().filter_map(|value| value.to_str().ok()).collect()
    };
    let found = get("x-");
    if found.is_empty() { get("") } else { found }
}

/// Seconds, or a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = headers.get("retry-after")?.to_str().ok()?.trim();
    match text.parse() {
        Ok(seconds) => Some(Duration::from_secs(seconds)),
        Err(_) => {
            let date = jiff::fmt::rfc2822::parse(text).ok()?;
            Some(SystemTime::from(date.timestamp()).duration_since(SystemTime::now()).unwrap_or_default())
        }
    }
}

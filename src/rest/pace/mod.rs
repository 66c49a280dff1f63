//! Sends requests no faster than a server allows, so that it refuses none.
//!
//! Owns the order of requests: one limiter for each target, credential and bucket, in which requests are sent in the order of
//! their arrival. The limits are learned from answers (`headers`) and kept in an account (`ledger`): for a server that
//! reports no limit and refuses nothing, requests never wait. Knows no API: tables say which requests share a bucket.

mod headers;
mod ledger;

pub use headers::{Left, Rate, RateHeaders};
pub use ledger::{Ledger, Next};

use super::Request;
use crate::engine::{Cx, Diagnostic};
use reqwest::{
    Method,
    header::{AUTHORIZATION, HeaderMap},
};
use std::{
    collections::HashMap,
    convert::Infallible,
    fmt,
    hash::{BuildHasher, RandomState},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{sync::Notify, time::Instant};
use url::Url;

/// A longer wait is reported to the user.
const WORTH_A_WORD: Duration = Duration::from_secs(2);
/// The interval of further reports of the same wait.
const SAY_AGAIN: Duration = Duration::from_secs(5);
/// The user gets one warning when the rate has delayed requests for this long.
const WORTH_A_WARNING: Duration = Duration::from_secs(10);

/// Requests that an API counts together.
pub struct Bucket {
    /// The API's name for it.
    pub name: &'static str,
    /// Its requests. In a path, `*` stands for any one segment.
    pub routes: &'static [(Access, &'static str)],
    /// Whether the API refuses a request while another one of the bucket is in progress.
    pub serial: bool,
}

/// The effect of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// It reads: `GET` and `HEAD`.
    Read,
    /// It may change something: any other method.
    Write,
}

/// How an API counts requests; by default, it counts all requests of a service together.
#[derive(Clone, Copy, Default)]
pub struct Pacing {
    /// The buckets. A request belongs to the first one that contains it.
    pub buckets: &'static [Bucket],
    /// Whether limits are expected: then the first request of a bucket is sent alone, until its answer
    /// has shown the limits.
    pub limited: bool,
}

impl Pacing {
    fn bucket(&self, request: &Request) -> Option<&'static Bucket> {
        let access = if matches!(request.method, Method::GET | Method::HEAD) { Access::Read } else { Access::Write };
        let holds = |path: &str| {
            let mut segments = request.path.iter();
            path.split('/')
                .filter(|part| !part.is_empty())
                .all(|part| segments.next().is_some_and(|segment| part == "*" || part == segment))
                && segments.next().is_none()
        };
        self.buckets.iter().find(|bucket| bucket.routes.iter().any(|(kind, path)| *kind == access && holds(path)))
    }
}

/// The limiters of a pool of connections.
#[derive(Default)]
pub(super) struct Limiters {
    pacing: Pacing,
    hasher: RandomState,
    limiters: Mutex<HashMap<(u64, &'static str), Arc<Limiter>>>,
}

impl Limiters {
    pub fn new(pacing: Pacing) -> Limiters {
        Limiters { pacing, ..Limiters::default() }
    }

    /// The limiter of a request to this target with these credentials.
    pub fn of(&self, service: &'static str, base: &Url, headers: &HeaderMap, request: &Request) -> Arc<Limiter> {
        let bucket = self.pacing.bucket(request);
        // The credential is hashed, so that it need not be kept here.
        let target = self.hasher.hash_one((base, headers.get(AUTHORIZATION).map(|value| value.as_bytes())));
        let name = bucket.map_or(service, |bucket| bucket.name);
        let mut limiters = self.limiters.lock().unwrap_or_else(PoisonError::into_inner);
        let fresh = || {
            let ledger = Ledger::new(self.pacing.limited, bucket.is_some_and(|bucket| bucket.serial));
            let state = LimiterState { ledger, waiting: 0, left: 0, waited: Duration::ZERO, warned: false, logged: None };
            Arc::new(Limiter {
                service,
                bucket: name,
                gate: tokio::sync::Mutex::default(),
                changed: Notify::new(),
                state: Mutex::new(state),
            })
        };
        limiters.entry((target, name)).or_insert_with(fresh).clone()
    }
}

/// One bucket of one target: which request is next, and when.
pub(super) struct Limiter {
    service: &'static str,
    bucket: &'static str,
    /// Held by the next request; waiting requests get it in the order of their arrival.
    gate: tokio::sync::Mutex<()>,
    /// The account has changed: the next request should look again.
    changed: Notify,
    state: Mutex<LimiterState>,
}

struct LimiterState {
    ledger: Ledger,
    /// Requests in the queue.
    waiting: usize,
    /// Requests that have left the queue.
    left: usize,
    /// The total delay by the rate.
    waited: Duration,
    /// Whether the user was warned.
    warned: bool,
    /// The time of the last log entry.
    logged: Option<Instant>,
}

/// Why a request was not sent.
pub(super) enum Stopped {
    /// The run was cancelled.
    Cancelled,
    /// Its turn does not come in time; with the reason of the wait.
    TooLate(String),
}

/// A place in the queue, for the lifetime of this value.
struct Queued<'a> {
    queue: &'a Limiter,
    /// The number of requests that will have left the queue before its turn.
    number: usize,
}

impl Drop for Queued<'_> {
    fn drop(&mut self) {
        let mut state = self.queue.state();
        state.waiting -= 1;
        state.left += 1;
    }
}

impl Limiter {
    /// Waits for a turn. The caller must report the result of the request to the returned permit.
    pub async fn turn<C>(self: &Arc<Self>, cx: &Cx<C>) -> Result<Permit, Stopped> {
        let place = self.join();
        let deadline = cx.deadline.map(Instant::from_std);
        let late = async || match deadline {
            Some(deadline) => tokio::time::sleep_until(deadline).await,
            None => std::future::pending().await,
        };
        let telling = self.tell(cx, &place);
        tokio::pin!(telling);
        // A request that need not wait is sent in any case.
        let _next = match self.gate.try_lock() {
            Ok(next) => next,
            Err(_) => tokio::select! {
                biased;
                () = cx.stopped() => return Err(Stopped::Cancelled),
                next = self.gate.lock() => next,
                () = late() => return Err(self.too_late()),
                never = &mut telling => match never {},
            },
        };
        let began = Instant::now();
        loop {
            let next = {
                let mut state = self.state();
                let now = Instant::now();
                let next = state.ledger.next(now);
                match next {
                    Next::Now => {
                        let number = state.ledger.send(now);
                        state.waited += now.saturating_duration_since(began);
                        drop(state);
                        self.warn(cx, now);
                        return Ok(Permit { limiter: self.clone(), number: Some(number) });
                    }
                    Next::At(at) if deadline.is_some_and(|deadline| deadline < at) => {
                        drop(state);
                        return Err(self.too_late());
                    }
                    Next::At(_) | Next::AfterAnswer => next,
                }
            };
            let ready = async {
                match next {
                    Next::At(at) => tokio::time::sleep_until(at).await,
                    _ => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                () = cx.stopped() => return Err(Stopped::Cancelled),
                () = self.changed.notified() => {}
                () = ready => {}
                () = late() => return Err(self.too_late()),
                never = &mut telling => match never {},
            }
        }
    }

    /// The rate that limits many requests, if the server has reported or shown one.
    pub fn rate(&self) -> Option<Rate> {
        self.state().ledger.slowest()
    }

    fn state(&self) -> MutexGuard<'_, LimiterState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Joins the end of the queue.
    fn join(&self) -> Queued<'_> {
        let mut state = self.state();
        state.waiting += 1;
        Queued { queue: self, number: state.left + state.waiting - 1 }
    }

    /// Reports a wait for as long as it lasts.
    async fn tell<C>(&self, cx: &Cx<C>, place: &Queued<'_>) -> Infallible {
        loop {
            self.say(cx, place);
            // The limit may be known a moment later.
            let unknown = self.rate().is_none();
            tokio::time::sleep(if unknown { WORTH_A_WORD } else { SAY_AGAIN }).await;
        }
    }

    fn say<C>(&self, cx: &Cx<C>, place: &Queued<'_>) {
        let now = Instant::now();
        let (wait, ahead, limit, log) = {
            let mut state = self.state();
            let ahead = place.number.saturating_sub(state.left);
            let wait = state.ledger.estimate(now, ahead);
            if wait < WORTH_A_WORD {
                return;
            }
            let log = state.logged.is_none_or(|logged| now.saturating_duration_since(logged) >= WORTH_A_WARNING);
            if log {
                state.logged = Some(now);
            }
            (wait, ahead, self.limit(&state), log)
        };
        (cx.progress)(&format!("waiting about {}: {} allows {limit}", Span(wait), self.service));
        if log {
            tracing::info!(bucket = self.bucket, ahead, seconds = wait.as_secs(), "the rate of requests is limited to {limit}");
        }
    }

    /// Warns the user, once, after a request had to wait for a long time.
    fn warn<C>(&self, cx: &Cx<C>, now: Instant) {
        let mut state = self.state();
        let Some(rate) = state.ledger.slowest() else { return };
        if state.warned || state.waited < WORTH_A_WARNING {
            return;
        }
        state.warned = true;
        let each_hundred = Duration::from_secs_f64(100.0 / rate.each_second());
        let others = state.waiting - 1;
        let left = match others {
            0 => String::new(),
            _ => format!(" {others} more wait now, for about {}.", Span(state.ledger.estimate(now, others))),
        };
        cx.warn(Diagnostic::warning(
            format!("{} limits the rate of requests", self.service),
            format!(
                "It allows {}, and the provider sends no more than that:{left} every 100 take about {}. Nothing is wrong, and parallelism does not matter. A higher limit at the service makes it faster.",
                self.limit(&state),
                Span(each_hundred),
            ),
        ));
    }

    fn too_late(&self) -> Stopped {
        let state = self.state();
        let others = state.waiting - 1;
        Stopped::TooLate(format!(
            "its turn: {} allows {}, and {others} other requests wait for theirs. Apply again to continue with the rest. More time for each object, fewer objects at once, or a higher limit at the service avoid this",
            self.service,
            self.limit(&state),
        ))
    }

    fn limit(&self, state: &LimiterState) -> String {
        match state.ledger.slowest() {
            Some(rate) if self.bucket != self.service => format!("{rate} ({})", self.bucket),
            Some(rate) => rate.to_string(),
            None => "no more requests just now".to_owned(),
        }
    }
}

/// A request that may be sent, and whose answer is awaited.
pub(super) struct Permit {
    limiter: Arc<Limiter>,
    number: Option<usize>,
}

impl Permit {
    /// The request was accepted.
    pub fn passed(mut self, headers: &HeaderMap) {
        let told = RateHeaders::read(headers);
        self.settle(|ledger, number, now| ledger.pass(number, &told, now));
    }

    /// The request was refused: none is sent during the pause.
    pub fn refused(mut self, headers: &HeaderMap, pause: Duration) {
        let told = RateHeaders::read(headers);
        self.settle(|ledger, number, now| ledger.refuse(number, &told, pause, now));
    }

    fn settle(&mut self, settle: impl FnOnce(&mut Ledger, usize, Instant)) {
        if let Some(number) = self.number.take() {
            settle(&mut self.limiter.state().ledger, number, Instant::now());
            self.limiter.changed.notify_one();
        }
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        self.settle(|ledger, number, now| ledger.lose(number, now));
    }
}

/// A duration in words.
struct Span(Duration);

impl fmt::Display for Span {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0.as_secs_f64().ceil() as u64 {
            seconds @ 0..100 => write!(f, "{seconds} s"),
            seconds => write!(f, "{} min", seconds.div_ceil(60)),
        }
    }
}

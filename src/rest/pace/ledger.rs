//! The rates of a bucket, as far as answers have shown them, and their use.
//!
//! Owns the arithmetic: given the time, it says when the next request may be sent. It does not wait, sends nothing, and
//! reads no clock.
//!
//! The rule: no more than a rate's requests arrive in any span of its window. Servers count in windows that start at any
//! time, in sliding ones, or with tokens; this rule satisfies them all. The arrival of a request is known only within
//! its round trip, so a request counts from its sending until the window has passed since its answer, less the
//! quickest round trip seen, and at most a little longer than the window.

use super::headers::{Rate, RateHeaders};
use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// A rate that was inferred from refusals is raised by one after this many requests without a refusal. If that is too
/// much, it costs one refusal in a hundred requests.
const RAISE_AFTER: usize = 100;
/// The reserve for other clients shrinks by one after this many requests, or windows, without a refusal.
const TAKE_BACK_AFTER: (usize, u32) = (50, 10);
/// If a round trip takes longer than the quickest one by more than this part of a window, the server has presumably
/// counted the request before the delay: a longer wait would cost more than it saves.
const LATEST: u32 = 25;
/// The number of requests to a server without a known limit before its first answer arrives.
const FIRST: usize = 10;

/// When the next request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Now.
    Now,
    /// At this time, as far as known.
    At(Instant),
    /// Only the answer to a request in progress can tell.
    AfterAnswer,
}

/// The rates and the requests of one bucket.
#[derive(Default)]
pub struct Ledger {
    limited: bool,
    serial: bool,
    answered: bool,
    /// The rates that the server reports.
    quotas: Vec<Quota>,
    /// The rate that was inferred from refusals.
    shown: Option<Quota>,
    /// The requests that may still count, in the order of sending; `before` is the number of forgotten ones before them.
    sent: VecDeque<Sent>,
    before: usize,
    on_their_way: usize,
    /// The quickest round trip among `answers` answers (at most 1000 are counted).
    quickest: Option<Duration>,
    answers: u32,
    closed: Option<Closed>,
    /// The time at which it last opened, and the number of requests accepted since then.
    opened: Option<Instant>,
    passed: usize,
}

/// A rate, and the use of it by other clients.
#[derive(Clone, Copy)]
struct Quota {
    rate: Rate,
    /// The number of requests by other clients, and until when they count.
    foreign: Option<(usize, Instant)>,
    /// The number of requests that is reserved for other clients.
    reserve: usize,
    /// The number of accepted requests since the reserve or the rate last changed, and the time of that change.
    calm: (usize, Instant),
}

#[derive(Clone, Copy)]
struct Sent {
    at: Instant,
    /// The time between sending and answer; `None` while there is no answer.
    round_trip: Option<Duration>,
    /// Refused, so that the server did not count it.
    refused: bool,
}

#[derive(Clone, Copy)]
struct Closed {
    since: Instant,
    until: Instant,
}

impl Ledger {
    /// An empty account. If the API is known to have limits, or must not get requests at the same time, the first request is sent
    /// alone.
    pub fn new(limited: bool, serial: bool) -> Ledger {
        Ledger { limited, serial, ..Ledger::default() }
    }

    /// The time of the next request.
    pub fn next(&self, now: Instant) -> Next {
        if let Some(closed) = self.closed
            && closed.until > now
        {
            return Next::At(closed.until);
        }
        let at_once = match (self.limited, self.answered) {
            (true, _) if self.serial => 1,
            (_, true) => usize::MAX,
            (true, false) => 1,
            (false, false) => FIRST,
        };
        if self.on_their_way >= at_once {
            return Next::AfterAnswer;
        }
        let waits = self.all().map(|quota| self.free(quota, now, 1));
        waits.reduce(Next::later).unwrap_or(Next::Now)
    }

    /// The estimated time until a request is sent that has this many requests before it in the queue.
    pub fn estimate(&self, now: Instant, ahead: usize) -> Duration {
        let until = |at: Next| match at {
            Next::At(at) => at.saturating_duration_since(now),
            _ => Duration::ZERO,
        };
        let closed = self.closed.map(|closed| closed.until.saturating_duration_since(now)).unwrap_or_default();
        let waits = self.all().map(|quota| {
            let (windows, rest) = (ahead / quota.allowed(), ahead % quota.allowed());
            until(self.free(quota, now, rest + 1)) + quota.rate.window * u32::try_from(windows).unwrap_or(u32::MAX)
        });
        waits.max().unwrap_or_default().max(closed)
    }

    /// The rate that limits a long series of requests.
    pub fn slowest(&self) -> Option<Rate> {
        let rates = self.all().map(|quota| quota.rate);
        rates.min_by(|a, b| a.each_second().total_cmp(&b.each_second()))
    }

    /// A request is sent now. Returns its number, which identifies it when its answer arrives.
    pub fn send(&mut self, now: Instant) -> usize {
        self.opened.get_or_insert(now);
        self.forget(now);
        self.on_their_way += 1;
        self.sent.push_back(Sent { at: now, round_trip: None, refused: false });
        self.before + self.sent.len() - 1
    }

    /// The request got no complete answer. It may have been counted.
    pub fn lose(&mut self, number: usize, now: Instant) {
        self.arrive(number, now);
    }

    /// The request was accepted.
    pub fn pass(&mut self, number: usize, told: &RateHeaders, now: Instant) {
        let sent = self.arrive(number, now);
        self.answered = true;
        self.passed += 1;
        self.learn(told, sent, now);
        for quota in &mut self.quotas {
            quota.calm.0 += 1;
            let long = now.saturating_duration_since(quota.calm.1) >= quota.rate.window * TAKE_BACK_AFTER.1;
            if quota.reserve > 0 && (long || quota.calm.0 >= TAKE_BACK_AFTER.0) {
                quota.reserve -= 1;
                quota.calm = (0, now);
            }
        }
        if let Some(shown) = &mut self.shown {
            shown.calm.0 += 1;
            if shown.calm.0 >= RAISE_AFTER {
                shown.rate.requests += 1;
                shown.calm = (0, now);
            }
        }
    }

    /// The request was refused, and no other is sent during the pause.
    pub fn refuse(&mut self, number: usize, told: &RateHeaders, pause: Duration, now: Instant) {
        let sent = self.arrive(number, now);
        self.answered = true;
        self.entry(number).refused = true;
        self.learn(told, sent, now);
        let until = now + pause;
        if let Some(closed) = &mut self.closed
            && sent <= closed.since
        {
            // This request was already on its way when the bucket was closed.
            closed.until = closed.until.max(until);
            return;
        }
        self.closed = Some(Closed { since: now, until });
        for quota in self.quotas.iter_mut().filter(|quota| quota.foreign.is_some()) {
            quota.reserve = (quota.reserve + 1).min(quota.rate.requests - 1);
            quota.calm = (0, now);
        }
        if told.retry_after.is_some() && !told.explains() {
            self.show(pause, until, now);
        }
        self.opened = Some(until);
        self.passed = 0;
    }

    /// Infers a rate from a refusal without rate headers: the number of requests that were accepted before it.
    fn show(&mut self, pause: Duration, until: Instant, now: Instant) {
        match &mut self.shown {
            Some(shown) => {
                shown.rate.requests -= (shown.rate.requests / 4).max(1).min(shown.rate.requests - 1);
                shown.calm = (0, now);
            }
            // One or two accepted requests are too few to infer a rate: other clients may have used the rest.
            None if self.passed > 1 => {
                let span = until.saturating_duration_since(self.opened.unwrap_or(now)).max(pause);
                let requests = (self.passed as f64 * pause.as_secs_f64() / span.as_secs_f64()).ceil() as usize;
                self.shown = Some(Quota::new(Rate { requests: requests.max(1), window: pause }, now));
            }
            None => {}
        }
    }

    fn arrive(&mut self, number: usize, now: Instant) -> Instant {
        self.on_their_way -= 1;
        let sent = self.entry(number);
        let round_trip = now.saturating_duration_since(sent.at);
        sent.round_trip = Some(round_trip);
        let at = sent.at;
        self.answers = (self.answers + 1).min(1000);
        self.quickest = Some(self.quickest.map_or(round_trip, |quickest| quickest.min(round_trip)));
        at
    }

    /// The time at which the request no longer counts in such a window; `None` while it has no answer.
    fn end(&self, sent: &Sent, window: Duration) -> Option<Instant> {
        // With few answers, the quickest round trip so far is not yet the quickest possible.
        let quickest = self.quickest.unwrap_or_default() * self.answers / (self.answers + 10);
        let late = sent.round_trip?.saturating_sub(quickest).min(window / LATEST);
        Some(sent.at + late + window)
    }

    /// Uses the rate headers of the answer to the request that was sent at that time.
    fn learn(&mut self, told: &RateHeaders, sent: Instant, now: Instant) {
        if !told.rates.is_empty() {
            let known = |rate: &Rate| self.quotas.iter().find(|known| known.rate == *rate).copied();
            self.quotas = told.rates.iter().map(|rate| known(rate).unwrap_or_else(|| Quota::new(*rate, now))).collect();
        }
        for left in &told.left {
            // Used requests that cannot be ours were used by other clients. Each of ours may have been counted as late as its
            // answer arrived.
            let may_count = |ours: &&Sent| !ours.refused && ours.round_trip.is_none_or(|trip| ours.at + trip + left.of.window > sent);
            let ours = self.sent.iter().filter(may_count).count();
            let others = left.of.requests.saturating_sub(ours + left.requests);
            let until = now + (left.reset + Duration::from_secs(1)).min(left.of.window);
            if let Some(quota) = self.quotas.iter_mut().find(|quota| quota.rate == left.of) {
                quota.foreign = (others > 0).then_some((others, until));
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &Quota> {
        self.quotas.iter().chain(&self.shown)
    }

    /// The requests that may still count at that time, the newest first.
    fn counting(&self, window: Duration, now: Instant) -> impl Iterator<Item = &Sent> {
        // Answers arrive nearly in the order of sending; a late one ends the search, so that only newer requests count.
        let counts = move |sent: &&Sent| self.end(sent, window).is_none_or(|end| end > now);
        self.sent.iter().rev().take_while(counts).filter(|sent| !sent.refused)
    }

    /// The time at which this many more requests are possible.
    fn free(&self, quota: &Quota, now: Instant, wanted: usize) -> Next {
        let foreign = quota.foreign.filter(|(_, until)| *until > now);
        let used = self.counting(quota.rate.window, now).count() + foreign.map_or(0, |(others, _)| others);
        let missing = (used + wanted).saturating_sub(quota.allowed());
        if missing == 0 {
            return Next::Now;
        }
        let mut ends: Vec<Option<Instant>> = self.counting(quota.rate.window, now).map(|sent| self.end(sent, quota.rate.window)).collect();
        ends.extend(foreign.iter().flat_map(|(others, until)| std::iter::repeat_n(Some(*until), (*others).min(missing))));
        // Requests without an answer come last: the time of their end is unknown.
        ends.sort_by_key(|end| (end.is_none(), *end));
        match ends.get(missing - 1) {
            Some(Some(end)) => Next::At(*end),
            _ => Next::AfterAnswer,
        }
    }

    /// Removes requests that no longer count.
    fn forget(&mut self, now: Instant) {
        let longest = self.all().map(|quota| quota.rate.window).max().unwrap_or_default();
        // They are kept twice as long as they count, since the server may have counted them late.
        while self.sent.front().is_some_and(|sent| self.end(sent, longest * 2).is_some_and(|end| end <= now)) {
            self.sent.pop_front();
            self.before += 1;
        }
    }

    fn entry(&mut self, number: usize) -> &mut Sent {
        // A request without an answer is never removed.
        &mut self.sent[number - self.before]
    }
}

impl Quota {
    fn new(rate: Rate, now: Instant) -> Quota {
        Quota { rate, foreign: None, reserve: 0, calm: (0, now) }
    }

    fn allowed(&self) -> usize {
        (self.rate.requests - self.reserve).max(1)
    }
}

impl Rate {
    /// The rate in requests per second.
    pub fn each_second(&self) -> f64 {
        self.requests as f64 / self.window.as_secs_f64()
    }
}

impl Next {
    fn later(self, other: Next) -> Next {
        match (self, other) {
            (Next::AfterAnswer, _) | (_, Next::AfterAnswer) => Next::AfterAnswer,
            (Next::Now, at) | (at, Next::Now) => at,
            (Next::At(a), Next::At(b)) => Next::At(a.max(b)),
        }
    }
}

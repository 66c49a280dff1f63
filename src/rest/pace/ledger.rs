//! What a bucket allows, as far as answers have told, and what was used of it.
//!
//! Owns the arithmetic: given the time, it says when the next request may go. Waits for nobody, sends nothing, and
//! reads no clock.
//!
//! The rule: no more than a rate's requests arrive in any span of its window. Servers count in windows that start when
//! they like, in sliding ones, or with tokens; this satisfies them all. When a request arrived is known only within
//! its round trip, so a request counts from its sending until the window has passed since its answer, less the
//! quickest round trip seen.

use super::told::{Rate, Told};
use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

/// A rate that nobody named but refusals showed is raised by one after so many requests: being wrong must cost less
/// than one refusal in a hundred requests.
const RAISE_AFTER: usize = 100;

/// When the next request may go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Now.
    Now,
    /// At this time, by what is known now.
    At(Instant),
    /// Only an answer to what is on its way can tell.
    AfterAnswer,
}

/// A bucket's account.
#[derive(Default)]
pub struct Ledger {
    limited: bool,
    serial: bool,
    answered: bool,
    quotas: Vec<Quota>,
    learned: Option<Quota>,
    /// The requests that may still count, in the order of sending, and how many there were before them.
    sent: VecDeque<Sent>,
    before: usize,
    on_their_way: usize,
    quickest: Option<Duration>,
    closed: Option<Closed>,
    /// When it last opened, and what was let through since.
    opened: Option<Instant>,
    passed: usize,
}

/// A rate, and what others used of it.
#[derive(Clone, Copy)]
struct Quota {
    rate: Rate,
    foreign: Option<(usize, Instant)>,
}

#[derive(Clone, Copy)]
struct Sent {
    at: Instant,
    /// How long its answer took; `None` until it is there.
    round_trip: Option<Duration>,
    /// Turned away, so that it was not counted at all.
    refused: bool,
}

#[derive(Clone, Copy)]
struct Closed {
    since: Instant,
    until: Instant,
}

impl Ledger {
    /// Nothing known and nothing used. An API that is known to limit is first asked by one request alone, and
    /// always where requests must not meet.
    pub fn new(limited: bool, serial: bool) -> Ledger {
        Ledger { limited, serial, ..Ledger::default() }
    }

    /// When the next request may go.
    pub fn next(&self, now: Instant) -> Next {
        if let Some(closed) = self.closed
            && closed.until > now
        {
            return Next::At(closed.until);
        }
        let alone = self.limited && (self.serial || !self.answered);
        if alone && self.on_their_way > 0 {
            return Next::AfterAnswer;
        }
        let waits = self.all().map(|quota| self.free(quota, now, 1));
        waits.reduce(Next::later).unwrap_or(Next::Now)
    }

    /// How long until a request goes that so many others are before, by what is known now.
    pub fn estimate(&self, now: Instant, ahead: usize) -> Duration {
        let until = |at: Next| match at {
            Next::At(at) => at.saturating_duration_since(now),
            _ => Duration::ZERO,
        };
        let closed = self.closed.map(|closed| closed.until.saturating_duration_since(now)).unwrap_or_default();
        let waits = self.all().map(|quota| {
            let (windows, rest) = (ahead / quota.rate.requests, ahead % quota.rate.requests);
            until(self.free(quota, now, rest + 1)) + quota.rate.window * u32::try_from(windows).unwrap_or(u32::MAX)
        });
        waits.max().unwrap_or_default().max(closed)
    }

    /// The rate that decides when there is much to do.
    pub fn slowest(&self) -> Option<Rate> {
        let rates = self.all().map(|quota| quota.rate);
        rates.min_by(|a, b| a.each_second().total_cmp(&b.each_second()))
    }

    /// A request goes now; the number is for its answer.
    pub fn send(&mut self, now: Instant) -> usize {
        self.opened.get_or_insert(now);
        self.forget(now);
        self.on_their_way += 1;
        self.sent.push_back(Sent { at: now, round_trip: None, refused: false });
        self.before + self.sent.len() - 1
    }

    /// The request got no whole answer, which tells nothing; it may have been counted.
    pub fn lose(&mut self, number: usize, now: Instant) {
        self.arrive(number, now);
    }

    /// The request was let through.
    pub fn pass(&mut self, number: usize, told: &Told, now: Instant) {
        let (sent, round_trip) = self.arrive(number, now);
        self.answered = true;
        // Refusals come quicker than answers, and would make these look late.
        self.quickest = Some(self.quickest.map_or(round_trip, |quickest| quickest.min(round_trip)));
        self.passed += 1;
        if let Some(learned) = &mut self.learned
            && self.passed.is_multiple_of(RAISE_AFTER)
        {
            learned.rate.requests += 1;
        }
        self.learn(told, sent, now);
    }

    /// The request was turned away, and so is every other for so long.
    pub fn refuse(&mut self, number: usize, told: &Told, pause: Duration, now: Instant) {
        let (sent, _) = self.arrive(number, now);
        self.answered = true;
        self.entry(number).refused = true;
        self.learn(told, sent, now);
        let until = now + pause;
        match &mut self.closed {
            // Sent before that was known.
            Some(closed) if sent <= closed.since => closed.until = closed.until.max(until),
            closed => {
                *closed = Some(Closed { since: now, until });
                let opened = self.opened.replace(until).unwrap_or(sent);
                // A server that tells nothing shows its rate all the same, by what it let through until it opens again.
                let shown = Rate { requests: self.passed, window: until.saturating_duration_since(opened) };
                if told.retry_after.is_some() && !told.explains() && self.passed > 1 {
                    self.learned = Some(Quota { rate: shown, foreign: None });
                }
                self.passed = 0;
            }
        }
    }

    fn arrive(&mut self, number: usize, now: Instant) -> (Instant, Duration) {
        self.on_their_way -= 1;
        let sent = self.entry(number);
        let round_trip = now.saturating_duration_since(sent.at);
        sent.round_trip = Some(round_trip);
        (sent.at, round_trip)
    }

    /// When it counts no longer in such a window; `None` while it is on its way.
    fn end(&self, sent: &Sent, window: Duration) -> Option<Instant> {
        let late = sent.round_trip?.saturating_sub(self.quickest.unwrap_or_default());
        Some(sent.at + late + window)
    }

    /// Takes over what the answer to a request that was sent then tells.
    fn learn(&mut self, told: &Told, sent: Instant, now: Instant) {
        if !told.rates.is_empty() {
            let foreign = |rate: &Rate| self.quotas.iter().find(|known| known.rate == *rate).and_then(|known| known.foreign);
            self.quotas = told.rates.iter().map(|rate| Quota { rate: *rate, foreign: foreign(rate) }).collect();
        }
        for left in &told.left {
            // What is missing beyond all that we may have used was used by others.
            let ours = self.counting(left.of.window, sent).count();
            let others = left.of.requests.saturating_sub(ours + left.requests);
            let until = now + (left.reset + Duration::from_secs(1)).min(left.of.window);
            if let Some(quota) = self.quotas.iter_mut().find(|quota| quota.rate == left.of) {
                quota.foreign = (others > 0).then_some((others, until));
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = &Quota> {
        self.quotas.iter().chain(&self.learned)
    }

    /// The requests that may still count at that time, the newest first.
    fn counting(&self, window: Duration, now: Instant) -> impl Iterator<Item = &Sent> {
        // They are answered in nearly the order in which they were sent; of a straggler, only what is newer counts.
        let counts = move |sent: &&Sent| self.end(sent, window).is_none_or(|end| end > now);
        self.sent.iter().rev().take_while(counts).filter(|sent| !sent.refused)
    }

    /// When so many more requests are free.
    fn free(&self, quota: &Quota, now: Instant, wanted: usize) -> Next {
        let foreign = quota.foreign.filter(|(_, until)| *until > now);
        let used = self.counting(quota.rate.window, now).count() + foreign.map_or(0, |(others, _)| others);
        let missing = (used + wanted).saturating_sub(quota.rate.requests);
        if missing == 0 {
            return Next::Now;
        }
        let mut ends: Vec<Option<Instant>> =
            self.counting(quota.rate.window, now).map(|sent| self.end(sent, quota.rate.window)).collect();
        ends.extend(foreign.iter().flat_map(|(others, until)| std::iter::repeat_n(Some(*until), (*others).min(missing))));
        // Those on their way end last: nobody knows when.
        ends.sort_by_key(|end| (end.is_none(), *end));
        match ends.get(missing - 1) {
            Some(Some(end)) => Next::At(*end),
            _ => Next::AfterAnswer,
        }
    }

    /// Drops what counts no longer.
    fn forget(&mut self, now: Instant) {
        let longest = self.all().map(|quota| quota.rate.window).max().unwrap_or_default();
        while self.sent.front().is_some_and(|sent| self.end(sent, longest).is_some_and(|end| end <= now)) {
            self.sent.pop_front();
            self.before += 1;
        }
    }

    fn entry(&mut self, number: usize) -> &mut Sent {
        // What is on its way is never forgotten.
        &mut self.sent[number - self.before]
    }
}

impl Rate {
    /// Requests a second in the long run.
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

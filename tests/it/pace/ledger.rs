//! The account of a bucket compared with servers that count in every possible way, with round trips that vary.
//!
//! A simulation without tasks or sockets: what a server counts, when, and what it reports.

use janiform::rest::pace::{Ledger, Next, RateHeaders};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::{collections::VecDeque, time::Duration};
use tokio::time::Instant;

const LIMIT: usize = 5;
const SECOND: f64 = 1.0;

/// How a server counts: `LIMIT` a second each.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Counting {
    /// In windows that began at this time.
    Windows(f64),
    /// In any span of a second.
    Sliding,
    /// With a bucket of tokens that fills steadily.
    Tokens,
}

/// What a server says.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Saying {
    /// The form with windows.
    Windows,
    /// The bare numbers.
    Numbers,
    /// Only, when it refuses, how long to wait.
    RetryAfter,
    /// That it allows far more than it does.
    Lies,
    /// Nothing at all, and it refuses nothing.
    Nothing,
}

struct Server {
    counting: Counting,
    saying: Saying,
    admitted: VecDeque<f64>,
    tokens: (f64, f64),
}

impl Server {
    fn new(counting: Counting, saying: Saying) -> Server {
        Server { counting, saying, admitted: VecDeque::new(), tokens: (LIMIT as f64, 0.0) }
    }

    /// What is left before a request at this time, and when all is back.
    fn left(&mut self, at: f64) -> (usize, f64) {
        match self.counting {
            Counting::Windows(offset) => {
                let began = (at - offset).floor() + offset;
                self.admitted.retain(|seen| *seen >= began);
                (LIMIT - self.admitted.len(), began + SECOND - at)
            }
            Counting::Sliding => {
                self.admitted.retain(|seen| *seen > at - SECOND);
                (LIMIT - self.admitted.len(), self.admitted.back().map_or(0.0, |last| last + SECOND - at))
            }
            Counting::Tokens => {
                let (tokens, since) = self.tokens;
                self.tokens = ((tokens + (at - since) * LIMIT as f64).min(LIMIT as f64), at);
                (self.tokens.0 as usize, (LIMIT as f64 - self.tokens.0) / LIMIT as f64)
            }
        }
    }

    fn arrives(&mut self, at: f64) -> (bool, HeaderMap) {
        if self.saying == Saying::Nothing {
            return (true, HeaderMap::new());
        }
        let (left, _) = self.left(at);
        if left > 0 {
            self.admitted.push_back(at);
            self.tokens.0 -= 1.0;
        }
        let (now_left, reset) = self.left(at);
        let mut headers = HeaderMap::new();
        let mut put = |name: &'static str, value: String| {
            headers.insert(HeaderName::from_static(name), HeaderValue::from_str(&value).unwrap());
        };
        let (limit, remaining) = match self.saying {
            Saying::Windows => (format!("{LIMIT}, {LIMIT};w=1, 100000;w=60"), now_left),
            Saying::Lies => ("1000, 1000;w=1".to_owned(), 999),
            _ => (LIMIT.to_string(), now_left),
        };
        if self.saying != Saying::RetryAfter {
            put("x-ratelimit-limit", limit);
            put("x-ratelimit-remaining", remaining.to_string());
            put("x-ratelimit-reset", (reset as u64).to_string());
        }
        if left == 0 && matches!(self.saying, Saying::RetryAfter | Saying::Lies) {
            put("retry-after", "1".to_owned());
        }
        (left > 0, headers)
    }
}

/// A run of so many requests, so many at a time; what came of it.
struct Run {
    refused: usize,
    /// The most often that one request was refused.
    worst: usize,
    seconds: f64,
}

/// One request on its way: when it arrives, when its answer does, and how often it was refused before.
struct Flight {
    number: usize,
    arrives: f64,
    answer: Option<(f64, bool, HeaderMap)>,
    refusals: usize,
}

/// `others` are the times at which somebody else asks the same server.
fn run(mut server: Server, requests: usize, at_once: usize, limited: bool, others: &[f64]) -> Run {
    let zero = Instant::now();
    let at = |time: f64| zero + Duration::from_secs_f64(time);
    let mut others: VecDeque<f64> = others.iter().copied().collect();
    let mut ledger = Ledger::new(limited, false);
    let mut waiting: VecDeque<usize> = std::iter::repeat_n(0, requests).collect();
    let mut flying: Vec<Flight> = Vec::new();
    let (mut now, mut first, mut last) = (0.0_f64, None, 0.0);
    let (mut refused, mut worst, mut random) = (0, 0, 1_u64);
    while !waiting.is_empty() || !flying.is_empty() {
        let mut wake = f64::INFINITY;
        while flying.len() < at_once && !waiting.is_empty() {
            match ledger.next(at(now)) {
                Next::Now => {
                    // 20 to 80 ms there and back; the sequence is always the same.
                    random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    let way = 0.010 + (random >> 40) as f64 / (1_u64 << 24) as f64 * 0.030;
                    let (number, refusals) = (ledger.send(at(now)), waiting.pop_front().unwrap());
                    flying.push(Flight { number, arrives: now + way, answer: None, refusals });
                }
                Next::At(time) => {
                    wake = (time - zero).as_secs_f64().max(now + 1e-6);
                    break;
                }
                Next::AfterAnswer => {
                    assert!(!flying.is_empty(), "waits for an answer that nobody owes");
                    break;
                }
            }
        }
        let due = |flight: &Flight| flight.answer.as_ref().map_or(flight.arrives, |(time, ..)| *time);
        let next = flying.iter().map(due).fold(f64::INFINITY, f64::min);
        let foreign = others.front().copied().unwrap_or(f64::INFINITY);
        now = next.min(wake).min(foreign);
        if foreign <= now {
            others.pop_front();
            server.arrives(now);
        }
        let mut kept = Vec::new();
        for mut flight in flying {
            match flight.answer.take() {
                None if flight.arrives <= now => {
                    let (admitted, headers) = server.arrives(now);
                    first.get_or_insert(now);
                    last = now;
                    let back = now + (now - (flight.arrives - 0.010)).max(0.010);
                    kept.push(Flight { answer: Some((back, admitted, headers)), ..flight });
                }
                Some((time, admitted, headers)) if time <= now => {
                    let told = RateHeaders::read(&headers);
                    if admitted {
                        ledger.pass(flight.number, &told, at(now));
                    } else {
                        let pause = told.wait().unwrap_or_default().max(Duration::from_secs(1));
                        ledger.refuse(flight.number, &told, pause, at(now));
                        refused += 1;
                        worst = worst.max(flight.refusals + 1);
                        waiting.push_back(flight.refusals + 1);
                    }
                }
                answer => kept.push(Flight { answer, ..flight }),
            }
        }
        flying = kept;
    }
    Run { refused, worst, seconds: last - first.unwrap_or_default() }
}

/// The seconds that the requests take at the least: a burst at once, the others at the rate.
fn theory(requests: usize, rate: usize) -> f64 {
    (requests.div_ceil(rate) - 1) as f64
}

#[test]
fn almost_nothing_is_refused_however_a_server_counts() {
    for counting in [Counting::Windows(0.0), Counting::Windows(0.37), Counting::Windows(0.99), Counting::Sliding, Counting::Tokens] {
        for saying in [Saying::Windows, Saying::Numbers] {
            for at_once in [1, 4, 10, 300] {
                let run = run(Server::new(counting, saying), 300, at_once, true, &[]);
                // The strictest server punishes what cannot be known before: that the way there can be quicker than it
                // ever was.
                let (refused, slower) = if counting == Counting::Sliding { (LIMIT, 1.10) } else { (3, 1.05) };
                let what = format!("{counting:?}, {saying:?}, {at_once} at once: {} refused, {} s", run.refused, run.seconds);
                assert!(run.refused <= refused && run.seconds <= slower * theory(300, LIMIT), "{what}");
            }
        }
    }
}

#[test]
fn an_unexpected_limit_costs_one_burst() {
    for at_once in [10, 300] {
        let run = run(Server::new(Counting::Windows(0.37), Saying::Windows), 300, at_once, false, &[]);
        assert!(run.refused <= 10 && run.seconds <= 1.05 * theory(300, LIMIT), "{} refused, {} s", run.refused, run.seconds);
    }
}

#[test]
fn a_rate_is_inferred_from_refusals() {
    for counting in [Counting::Windows(0.37), Counting::Tokens] {
        for saying in [Saying::RetryAfter, Saying::Lies] {
            let run = run(Server::new(counting, saying), 300, 10, true, &[]);
            let what = format!("{counting:?}, {saying:?}: {} refused, {} s", run.refused, run.seconds);
            assert!(run.refused <= 15 && run.worst <= 2 && run.seconds <= 1.10 * theory(300, LIMIT), "{what}");
        }
    }
}

#[test]
fn a_server_without_limits_causes_no_wait() {
    let run = run(Server::new(Counting::Tokens, Saying::Nothing), 300, 300, false, &[]);
    // As many as go before the first answer, and then all the others: two ways there.
    assert!(run.refused == 0 && run.seconds < 2.0 * 0.040, "{} s", run.seconds);
}

#[test]
fn other_clients_get_their_share() {
    // Two a second of the five, always.
    let others: Vec<f64> = (0..4000).map(|at| f64::from(at) * 0.5).collect();
    for counting in [Counting::Windows(0.37), Counting::Sliding, Counting::Tokens] {
        let run = run(Server::new(counting, Saying::Windows), 300, 10, true, &others);
        let what = format!("{counting:?}: {} refused, {} s", run.refused, run.seconds);
        // Everybody's fair share would be 100 s; no request fails, and few are refused.
        assert!(run.refused <= 20 && run.worst <= 3 && run.seconds <= 110.0, "{what}");
    }
}

#[test]
fn the_rate_recovers_after_heavy_use_by_others() {
    // Twenty a second for twenty seconds: next to nothing is left to us.
    let others: Vec<f64> = (0..400).map(|at| 10.0 + f64::from(at) * 0.05).collect();
    for counting in [Counting::Windows(0.37), Counting::Sliding, Counting::Tokens] {
        let run = run(Server::new(counting, Saying::Windows), 300, 10, true, &others);
        let what = format!("{counting:?}: {} refused, {} s", run.refused, run.seconds);
        // 20 s lost in it, and as much again until all that was left to others is taken back.
        assert!(run.worst <= 3 && run.seconds <= theory(300, LIMIT) + 2.2 * 20.0, "{what}");
    }
}

#[test]
fn headers_are_read_as_gateways_write_them() {
    let read = |pairs: &[(&'static str, &'static str)]| {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        let told = RateHeaders::read(&headers);
        let rates: Vec<_> = told.rates.iter().map(|rate| (rate.requests, rate.window.as_secs())).collect();
        let left: Vec<_> = told.left.iter().map(|left| (left.of.requests, left.of.window.as_secs(), left.requests)).collect();
        (rates, left, told.wait().map(|wait| wait.as_secs()))
    };
    let (limit, remaining, reset) = ("x-ratelimit-limit", "x-ratelimit-remaining", "x-ratelimit-reset");
    // As Ory documents it; the first number says which of the windows the others are about.
    let told = read(&[(limit, "300, 10;w=1, 300;w=60"), (remaining, "0"), (reset, "37")]);
    assert_eq!(told, (vec![(10, 1), (300, 60)], vec![(300, 60, 0)], Some(38)));
    // A line for each bucket.
    let told = read(&[(limit, "5"), (limit, "15"), (remaining, "4"), (remaining, "0"), (reset, "0"), (reset, "59")]);
    assert_eq!(told, (vec![(5, 1), (15, 59)], vec![(5, 1, 4), (15, 59, 0)], Some(60)));
    // Without the X, and with names; the date and the seconds of Retry-After win.
    let told = read(&[
        ("ratelimit-limit", "10, 10;w=1;name=\"burst\""),
        ("ratelimit-remaining", "3"),
        ("ratelimit-reset", "1"),
        ("retry-after", "7"),
    ]);
    assert_eq!(told, (vec![(10, 1)], vec![(10, 1, 3)], Some(7)));
    // What makes no sense is not believed: nothing, words, no requests, a window of a day, a reset that is a date.
    for nonsense in ["", "many", "0, 0;w=1", "1000, 1000;w=86400", "10;w=x"] {
        let told = read(&[(limit, nonsense), (remaining, "0"), (reset, "1763916267")]);
        assert_eq!(told, (vec![], vec![], None), "{nonsense}");
    }
}

#[test]
fn the_wait_is_estimated_in_advance() {
    let zero = Instant::now();
    let mut ledger = Ledger::new(true, false);
    let number = ledger.send(zero);
    let mut headers = HeaderMap::new();
    for (name, value) in [("x-ratelimit-limit", "15, 5;w=1, 15;w=60"), ("x-ratelimit-remaining", "14"), ("x-ratelimit-reset", "59")] {
        headers.insert(HeaderName::from_static(name), HeaderValue::from_static(value));
    }
    ledger.pass(number, &RateHeaders::read(&headers), zero);
    // The 101st is in the seventh minute.
    let minutes = ledger.estimate(zero, 99).as_secs_f64() / 60.0;
    assert!((6.0..6.1).contains(&minutes), "{minutes}");
    assert_eq!(ledger.slowest().unwrap().to_string(), "15 requests a minute");
}

#[test]
fn serial_requests_are_sent_one_by_one() {
    let zero = Instant::now();
    let mut ledger = Ledger::new(true, true);
    for at in 0..3 {
        let now = zero + Duration::from_secs(at);
        assert_eq!(ledger.next(now), Next::Now);
        let number = ledger.send(now);
        assert_eq!(ledger.next(now), Next::AfterAnswer);
        ledger.pass(number, &RateHeaders::default(), now + Duration::from_millis(20));
    }
}

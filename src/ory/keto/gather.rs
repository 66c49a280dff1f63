//! Writes of single tuples that share a request: whoever comes while one is on its way goes with the next.
//!
//! Nobody waits for company: the first goes at once and alone. A request is carried out as a whole or not at all,
//! so that where a shared one fails each of its writers finds out for itself. Knows nothing of how tuples are sent.

use super::Tuple;
use crate::{engine::Done, rest::Endpoint};
use reqwest::{Url, header::HeaderMap};
use std::{
    collections::HashSet,
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use tokio::sync::oneshot::{self, error::TryRecvError};

/// The writers of a provider, by where they write, as whom, and whether they make or remove.
#[derive(Default)]
pub struct Gatherings(Mutex<Vec<(Place, Arc<Gathering>)>>);

type Place = (Url, HeaderMap, bool);

/// Those who write to one place.
#[derive(Default)]
pub(super) struct Gathering {
    waiting: Mutex<Vec<Waiting>>,
    joined: AtomicU64,
    turn: tokio::sync::Mutex<()>,
}

struct Waiting {
    number: u64,
    tuple: Tuple,
    told: oneshot::Sender<Done>,
}

impl Gatherings {
    pub(super) fn at(&self, write: &Endpoint, make: bool) -> Arc<Gathering> {
        let mut all = lock(&self.0);
        let here =
            |((url, headers, makes), _): &&(Place, Arc<Gathering>)| *makes == make && *url == write.base && *headers == write.headers;
        if let Some((_, gathering)) = all.iter().find(here) {
            return gathering.clone();
        }
        let gathering = Arc::new(Gathering::default());
        all.push(((write.base.clone(), write.headers.clone(), make), gathering.clone()));
        gathering
    }
}

impl Gathering {
    /// Takes part with this tuple.
    pub(super) fn join(&self, tuple: &Tuple) -> Part<'_> {
        let (told, hears) = oneshot::channel();
        let number = self.joined.fetch_add(1, Ordering::Relaxed);
        lock(&self.waiting).push(Waiting { number, tuple: tuple.clone(), told });
        Part { of: self, number, hears }
    }

    /// The next ones. Two alike do not go together: they would become twins.
    fn take(&self, most: usize) -> Vec<Waiting> {
        let mut waiting = lock(&self.waiting);
        // Whoever gave up is not there any more.
        waiting.retain(|one| !one.told.is_closed());
        let mut seen = HashSet::new();
        let (together, later) = mem::take(&mut *waiting).into_iter().partition(|one| seen.len() < most && seen.insert(one.tuple.clone()));
        *waiting = later;
        together
    }
}

/// One writer's part. Dropping it takes the tuple back, unless it is on its way.
pub(super) struct Part<'a> {
    of: &'a Gathering,
    number: u64,
    hears: oneshot::Receiver<Done>,
}

/// What comes of taking part.
pub(super) enum Turn<'a> {
    /// A request took the tuple along; whether it was carried out.
    Over(Done),
    /// It was taken back before a request took it along.
    Stopped,
    /// These are this writer's to send now.
    Send(Together<'a>),
}

/// Tuples that go in one request.
pub(super) struct Together<'a> {
    waiting: Vec<Waiting>,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl<'a> Part<'a> {
    /// Waits for its turn, in which `most` tuples may go, until it is stopped.
    pub(super) async fn turn(&mut self, most: usize, stopped: impl Future<Output = ()>) -> Turn<'a> {
        let turn = tokio::select! {
            biased;
            () = stopped => {
                if self.take_back() {
                    return Turn::Stopped;
                }
                // It is on its way.
                self.of.turn.lock().await
            }
            turn = self.of.turn.lock() => turn,
        };
        match self.hears.try_recv() {
            Ok(done) => Turn::Over(done),
            Err(TryRecvError::Closed) => Turn::Over(Done::Maybe),
            Err(TryRecvError::Empty) => Turn::Send(Together { waiting: self.of.take(most), _turn: turn }),
        }
    }
}

impl Part<'_> {
    /// Whether it was not on its way yet.
    fn take_back(&self) -> bool {
        let mut waiting = lock(&self.of.waiting);
        let before = waiting.len();
        waiting.retain(|one| one.number != self.number);
        waiting.len() < before
    }
}

impl Together<'_> {
    pub(super) fn tuples(&self) -> impl ExactSizeIterator<Item = &Tuple> {
        self.waiting.iter().map(|one| &one.tuple)
    }

    /// Tells each writer whether it was carried out.
    pub(super) fn tell(self, done: Done) {
        for one in self.waiting {
            // Whoever does not listen any more has no use for it.
            let _ = one.told.send(done);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

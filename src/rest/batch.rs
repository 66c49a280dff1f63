//! Writes that share a request: whoever comes while one is on its way goes with the next.
//!
//! Owns who waits, who of them sends for all, and that nobody who gave up is taken along. Knows nothing of what is
//! written or how: the sender chooses what goes together, and tells each writer what came of it.

use std::{
    mem,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::oneshot::{self, error::TryRecvError},
    time::Instant,
};

/// The writers to several places.
pub struct Batchers<K, T, O>(Mutex<Vec<Known<K, T, O>>>);

type Known<K, T, O> = (K, Arc<Batcher<T, O>>);

/// Those who write to one place: each a `T`, and each is told an `O`.
pub struct Batcher<T, O> {
    waiting: Mutex<Vec<Waiting<T, O>>>,
    joined: AtomicU64,
    turn: Arc<WriteTurn>,
}

/// The turn to write. Batchers that share it write one after the other.
pub(super) type WriteTurn = tokio::sync::Mutex<()>;

struct Waiting<T, O> {
    number: u64,
    item: T,
    told: oneshot::Sender<O>,
}

impl<K, T, O> Default for Batchers<K, T, O> {
    fn default() -> Self {
        Batchers(Mutex::default())
    }
}

impl<T, O> Default for Batcher<T, O> {
    fn default() -> Self {
        Batcher::in_turn(Arc::default())
    }
}

impl<K: PartialEq, T, O> Batchers<K, T, O> {
    /// Those who write to this place.
    pub fn at(&self, place: K) -> Arc<Batcher<T, O>> {
        let mut all = lock(&self.0);
        if let Some((_, batcher)) = all.iter().find(|(known, _)| *known == place) {
            return batcher.clone();
        }
        let batcher = Arc::new(Batcher::default());
        all.push((place, batcher.clone()));
        batcher
    }
}

impl<T, O> Batcher<T, O> {
    /// A batcher that shares its turn with others.
    pub(super) fn in_turn(turn: Arc<WriteTurn>) -> Batcher<T, O> {
        Batcher { waiting: Mutex::default(), joined: AtomicU64::new(0), turn }
    }

    /// Takes part with this.
    pub fn join(&self, item: T) -> Ticket<'_, T, O> {
        let (told, hears) = oneshot::channel();
        let number = self.joined.fetch_add(1, Ordering::Relaxed);
        lock(&self.waiting).push(Waiting { number, item, told });
        Ticket { of: self, number, hears }
    }

    /// Those that go now, in the order in which they came.
    fn take(&self, mut goes: impl FnMut(&T) -> bool) -> Vec<Waiting<T, O>> {
        let mut waiting = lock(&self.waiting);
        // Whoever gave up is not there any more.
        waiting.retain(|one| !one.told.is_closed());
        let (together, later) = mem::take(&mut *waiting).into_iter().partition(|one| goes(&one.item));
        *waiting = later;
        together
    }
}

/// One writer's part. Dropping it takes it back, unless it is on its way.
pub struct Ticket<'a, T, O> {
    of: &'a Batcher<T, O>,
    number: u64,
    hears: oneshot::Receiver<O>,
}

/// What comes of taking part.
pub enum Turn<'a, T, O> {
    /// A batch took it along; what came of it.
    Over(O),
    /// A batch took it along, and its sender ended without a word.
    Lost,
    /// It was taken back before a batch took it along.
    Stopped,
    /// These are this writer's to send now.
    Send(Batch<'a, T, O>),
}

/// What goes together.
pub struct Batch<'a, T, O> {
    waiting: Vec<Waiting<T, O>>,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl<'a, T, O> Ticket<'a, T, O> {
    /// Waits until a batch has taken it along, or until its turn has come. In its turn it waits for company: until nobody has
    /// come for a fifth of this time, or until its turn has lasted this long. Then those that `goes` lets through are sent
    /// together. Only the time in its turn counts: writers of the batch before may come back at once, and should not
    /// have to wait for a request with a single write. Ends earlier when it is stopped.
    pub async fn turn(&mut self, company: Duration, goes: impl FnMut(&T) -> bool, stopped: impl Future<Output = ()>) -> Turn<'a, T, O> {
        tokio::pin!(stopped);
        let turn = tokio::select! {
            biased;
            heard = &mut self.hears => return heard.map_or(Turn::Lost, Turn::Over),
            () = &mut stopped => {
                if self.take_back() {
                    return Turn::Stopped;
                }
                // It is on its way.
                return (&mut self.hears).await.map_or(Turn::Lost, Turn::Over);
            }
            turn = self.of.turn.lock() => turn,
        };
        match self.hears.try_recv() {
            Ok(outcome) => return Turn::Over(outcome),
            Err(TryRecvError::Closed) => return Turn::Lost,
            Err(TryRecvError::Empty) => {}
        }
        let ends = Instant::now() + company;
        let mut joined = 0;
        while joined != self.of.joined.load(Ordering::Relaxed) && Instant::now() < ends {
            joined = self.of.joined.load(Ordering::Relaxed);
            // It is its turn, so that nobody else takes it along.
            tokio::select! {
                biased;
                () = &mut stopped => {
                    self.take_back();
                    return Turn::Stopped;
                }
                () = tokio::time::sleep_until(ends.min(Instant::now() + company / 5)) => {}
            }
        }
        Turn::Send(Batch { waiting: self.of.take(goes), _turn: turn })
    }
}

impl<T, O> Ticket<'_, T, O> {
    /// Whether it was not on its way yet.
    fn take_back(&self) -> bool {
        let mut waiting = lock(&self.of.waiting);
        let before = waiting.len();
        waiting.retain(|one| one.number != self.number);
        waiting.len() < before
    }
}

impl<T, O> Batch<'_, T, O> {
    /// What goes, in the order in which it came.
    pub fn items(&self) -> impl ExactSizeIterator<Item = &T> + Clone {
        self.waiting.iter().map(|one| &one.item)
    }

    /// Tells each writer, in that order, what came of it.
    pub fn tell(self, outcomes: impl IntoIterator<Item = O>) {
        for (one, outcome) in self.waiting.into_iter().zip(outcomes) {
            // Whoever does not listen any more has no use for it.
            let _ = one.told.send(outcome);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

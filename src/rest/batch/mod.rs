//! Writes that share a request: those that arrive while one is in flight go together in the next one.
//!
//! Owns who waits, which writer sends for the others, and which writes go first if not all of them can go together.
//! [`Arrivals`] says how long a batch waits for more. Knows nothing of what is written: the sender does that, and tells each
//! writer the result.

mod arrivals;
#[cfg(test)]
mod tests;

use arrivals::Arrivals;
use std::{
    mem,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{
        Notify, OwnedMutexGuard,
        oneshot::{self, error::TryRecvError},
    },
    time::Instant,
};

/// A smaller group waits for this many batches of larger groups at most.
const PASSES: u64 = 8;

/// The batchers of several places.
pub struct Batchers<K, T, O>(Mutex<Vec<Known<K, T, O>>>);

type Known<K, T, O> = (K, Arc<Batcher<T, O>>);

/// The writers of one place. Each writes a `T`, and gets an `O` as its result. One batch is in flight at a time.
pub struct Batcher<T, O> {
    queue: Mutex<Queue<T, O>>,
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Tells the writer in its turn that another one has joined.
    joined: Notify,
    /// Whether two writes can go in the same request.
    fit: fn(&T, &T) -> bool,
}

struct Queue<T, O> {
    waiting: Vec<Waiting<T, O>>,
    /// How many writers have joined so far.
    joined: u64,
    /// How many batches have been sent so far.
    sent: u64,
    arrivals: Arrivals,
}

struct Waiting<T, O> {
    number: u64,
    item: T,
    /// How many batches had been sent when it joined.
    since: u64,
    told: oneshot::Sender<O>,
}

impl<K, T, O> Default for Batchers<K, T, O> {
    fn default() -> Self {
        Batchers(Mutex::default())
    }
}

impl<T, O> Default for Batcher<T, O> {
    fn default() -> Self {
        Batcher::of(|_, _| true)
    }
}

impl<K: PartialEq, T, O> Batchers<K, T, O> {
    /// The batcher of this place.
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
    /// A batcher whose writes can go in the same request if they `fit`. That relation divides them into groups.
    pub fn of(fit: fn(&T, &T) -> bool) -> Batcher<T, O> {
        let queue = Queue { waiting: Vec::new(), joined: 0, sent: 0, arrivals: Arrivals::new(Instant::now()) };
        Batcher { queue: Mutex::new(queue), turn: Arc::default(), joined: Notify::new(), fit }
    }

    /// Joins with this write.
    pub fn join(&self, item: T) -> Ticket<'_, T, O> {
        let (told, hears) = oneshot::channel();
        let mut queue = lock(&self.queue);
        let (number, since) = (queue.joined, queue.sent);
        queue.joined += 1;
        queue.arrivals.join(Instant::now());
        queue.waiting.push(Waiting { number, item, since, told });
        self.joined.notify_one();
        Ticket { of: self, number, hears }
    }

    /// Waits for the turn to write something else. No batch is sent until the guard is dropped.
    pub async fn alone(self: &Arc<Self>) -> Alone<T, O> {
        lock(&self.queue).arrivals.join(Instant::now());
        self.joined.notify_one();
        Alone { _turn: self.turn.clone().lock_owned().await, of: self.clone() }
    }

    /// The writes that go with this one, in the order in which they joined. None if a larger group goes first.
    fn take(&self, number: u64, mut goes: impl FnMut(&T) -> bool) -> Option<Vec<Waiting<T, O>>> {
        let mut queue = lock(&self.queue);
        // Writers that gave up do not listen any more.
        queue.waiting.retain(|one| !one.told.is_closed());
        let mut groups: Vec<(&Waiting<T, O>, usize)> = Vec::new();
        for one in &queue.waiting {
            match groups.iter_mut().find(|(first, _)| (self.fit)(&first.item, &one.item)) {
                Some((_, count)) => *count += 1,
                None => groups.push((one, 1)),
            }
        }
        let own = queue.waiting.iter().find(|one| one.number == number)?;
        let (first, count) = groups.iter().find(|(first, _)| (self.fit)(&first.item, &own.item))?;
        // The first of a group has waited for the longest time.
        if first.since + PASSES > queue.sent && groups.iter().any(|(_, other)| other > count) {
            return None;
        }
        let with_own: Vec<_> = queue.waiting.iter().map(|one| (self.fit)(&one.item, &own.item)).collect();
        let (mut together, mut later) = (Vec::new(), Vec::new());
        for (one, fits) in mem::take(&mut queue.waiting).into_iter().zip(with_own) {
            if fits && goes(&one.item) { together.push(one) } else { later.push(one) }
        }
        queue.waiting = later;
        queue.sent += 1;
        Some(together)
    }
}

/// The turn of a writer of something else.
pub struct Alone<T, O> {
    of: Arc<Batcher<T, O>>,
    _turn: OwnedMutexGuard<()>,
}

impl<T, O> Drop for Alone<T, O> {
    fn drop(&mut self) {
        lock(&self.of.queue).arrivals.leave(Instant::now());
    }
}

/// The part of one writer. Dropping it takes the write back, unless it is in flight.
pub struct Ticket<'a, T, O> {
    of: &'a Batcher<T, O>,
    number: u64,
    hears: oneshot::Receiver<O>,
}

/// How a wait ended.
pub enum Turn<'a, T, O> {
    /// Another writer sent it; the result.
    Over(O),
    /// Another writer took it along, and ended without telling a result.
    Lost,
    /// It was taken back before it was sent.
    Stopped,
    /// This writer sends these.
    Send(Batch<'a, T, O>),
}

/// The writes that go together.
pub struct Batch<'a, T, O> {
    waiting: Vec<Waiting<T, O>>,
    of: &'a Batcher<T, O>,
    began: Instant,
    _turn: tokio::sync::MutexGuard<'a, ()>,
}

impl<'a, T, O> Ticket<'a, T, O> {
    /// Waits until another writer has sent this write, or until it is this writer's turn to send. In its turn it waits until the
    /// arrivals say that no more will come soon; for a single write that is a fifth of `company`. Then it sends the writes of its
    /// group that `goes` lets through, unless a larger group waits: that one goes first. Ends earlier when it is stopped.
    pub async fn turn(&mut self, company: Duration, mut goes: impl FnMut(&T) -> bool, stopped: impl Future<Output = ()>) -> Turn<'a, T, O> {
        tokio::pin!(stopped);
        loop {
            let turn = tokio::select! {
                biased;
                heard = &mut self.hears => return heard.map_or(Turn::Lost, Turn::Over),
                () = &mut stopped => {
                    if self.take_back() {
                        return Turn::Stopped;
                    }
                    // It is in flight.
                    return (&mut self.hears).await.map_or(Turn::Lost, Turn::Over);
                }
                turn = self.of.turn.lock() => turn,
            };
            match self.hears.try_recv() {
                Ok(outcome) => return Turn::Over(outcome),
                Err(TryRecvError::Closed) => return Turn::Lost,
                Err(TryRecvError::Empty) => {}
            }
            let start = Instant::now();
            loop {
                let departure = lock(&self.of.queue).arrivals.departure(start, company);
                if departure <= Instant::now() {
                    break;
                }
                // While it has the turn, nobody else takes it along.
                tokio::select! {
                    biased;
                    () = &mut stopped => {
                        self.take_back();
                        return Turn::Stopped;
                    }
                    () = tokio::time::sleep_until(departure) => {}
                    () = self.of.joined.notified() => {}
                }
            }
            if let Some(waiting) = self.of.take(self.number, &mut goes) {
                return Turn::Send(Batch { waiting, of: self.of, began: Instant::now(), _turn: turn });
            }
            // The writers of the larger group are in the queue for the turn, before this one.
            drop(turn);
            tokio::task::yield_now().await;
        }
    }
}

impl<T, O> Ticket<'_, T, O> {
    /// Takes the write back. Returns whether it was not in flight yet.
    fn take_back(&self) -> bool {
        let mut queue = lock(&self.of.queue);
        let before = queue.waiting.len();
        queue.waiting.retain(|one| one.number != self.number);
        queue.waiting.len() < before
    }
}

impl<T, O> Batch<'_, T, O> {
    /// The writes, in the order in which they joined.
    pub fn items(&self) -> impl ExactSizeIterator<Item = &T> + Clone {
        self.waiting.iter().map(|one| &one.item)
    }

    /// Tells each writer its result, in the same order.
    pub fn tell(self, outcomes: impl IntoIterator<Item = O>) {
        lock(&self.of.queue).arrivals.release(self.waiting.len(), self.began, Instant::now());
        for (one, outcome) in self.waiting.into_iter().zip(outcomes) {
            // A writer that gave up does not listen any more.
            let _ = one.told.send(outcome);
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

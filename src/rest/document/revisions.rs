//! The revisions of a document, and the turn to create one. All views of the document share them.

use super::{
    carry_out::{Outcome, Waiting},
    coordinator::lock,
};
use crate::rest::{Alone, Batcher};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

/// How many of the revisions that this process has replaced are known.
const REPLACED: usize = 256;

/// What all views of a document share.
pub(super) struct Revisions {
    /// The revisions that this process has replaced by others, the latest first.
    replaced: Mutex<VecDeque<String>>,
    /// The edits of all views take turns, since a patch of one view replaces the revision of all.
    pub batcher: Arc<Batcher<Waiting, Outcome>>,
    /// How many times another write in a turn has begun or ended. It may have created a revision.
    beside: AtomicU64,
}

impl Default for Revisions {
    fn default() -> Revisions {
        let batcher = Batcher::of(|one: &Waiting, other| one.url == other.url && one.door == other.door);
        Revisions { replaced: Mutex::default(), batcher: Arc::new(batcher), beside: AtomicU64::new(0) }
    }
}

impl Revisions {
    /// Whether this process has replaced this revision.
    pub fn is_replaced(&self, revision: &str) -> bool {
        lock(&self.replaced).iter().any(|replaced| replaced == revision)
    }

    /// Records that this process has replaced this revision.
    pub fn replace(&self, revision: &str) {
        let mut replaced = lock(&self.replaced);
        replaced.push_front(revision.to_owned());
        replaced.truncate(REPLACED);
    }

    /// How many times another write in a turn has begun or ended.
    pub fn other_writes(&self) -> u64 {
        self.beside.load(Ordering::SeqCst)
    }

    /// Waits for the turn to write something else that may create a revision.
    pub async fn turn(self: &Arc<Self>) -> OtherWrite {
        let turn = self.batcher.alone().await;
        self.beside.fetch_add(1, Ordering::SeqCst);
        OtherWrite { revisions: self.clone(), _turn: turn }
    }
}

/// The turn for another write. No edit is carried out until it is dropped.
pub struct OtherWrite {
    revisions: Arc<Revisions>,
    _turn: Alone<Waiting, Outcome>,
}

impl Drop for OtherWrite {
    fn drop(&mut self) {
        self.revisions.beside.fetch_add(1, Ordering::SeqCst);
    }
}

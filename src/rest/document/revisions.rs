//! The revisions of a document, the turn to create one, and the edits that wait for it. All views of the document share them.

use super::{change::Change, edit::Edit, version::Version};
use crate::{
    engine::Diagnostic,
    rest::{Alone, Batcher, Door, SendError},
};
use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};
use url::Url;

/// How many of the revisions that this process has replaced are known.
const REPLACED: usize = 256;

/// What all views of a document share.
pub(super) struct Revisions {
    /// The revisions that this process has replaced by others, the latest first.
    replaced: Mutex<VecDeque<String>>,
    /// The edits of all views take turns, since a patch of one view replaces the revision of all.
    pub batcher: Arc<Batcher<Waiting, Outcome>>,
    /// How many other writes in a turn have ended. Each may have created a revision.
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

    /// How many other writes in a turn have ended.
    pub fn other_writes(&self) -> u64 {
        self.beside.load(Ordering::SeqCst)
    }

    /// Waits for the turn to write something else that may create a revision.
    pub async fn turn(self: &Arc<Self>) -> OtherWrite {
        OtherWrite { _turn: self.batcher.alone().await, revisions: self.clone() }
    }
}

/// A document after an edit.
#[derive(Clone)]
pub struct Edited {
    /// The document.
    pub version: Arc<Version>,
    /// The changes of the edit that it does not show: the server dropped them, changed them, or does not return them.
    pub unkept: Vec<Change>,
}

/// An edit that waits to be carried out.
pub(super) struct Waiting {
    /// The view of the document.
    pub url: Url,
    pub door: Door,
    pub edit: Arc<Edit>,
    /// Whether an earlier try may have been carried out.
    pub may_be_made: bool,
    /// How long its writer waits.
    pub deadline: Option<std::time::Instant>,
    /// The revision that was read for it.
    pub read: Option<String>,
}

/// The result of an edit.
pub(super) enum Outcome {
    Edited(Edited),
    /// There is no such document.
    Missing,
    Failed(SendError),
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

pub(super) fn stopped(verb: &str) -> Diagnostic {
    Diagnostic::error("Stopped", format!("The document was waiting to be {verb}. Refresh before the next apply."))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

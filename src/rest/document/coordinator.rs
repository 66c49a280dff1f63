//! One coordinator for each document: it brings the readers and the writers of its parts together.
//!
//! Readers share an answer (`reads`). Edits that come at the same time share a patch (`carry_out`), one for each door and each
//! view of the document.

use super::{
    Open,
    carry_out::{Outcome, Waiting},
    change::Change,
    draft::Claims,
    edit::Edit,
    reads::Through,
    revisions::{OtherWrite, Revisions},
    version::Version,
};
use crate::{
    engine::{Diagnostic, Done},
    rest::{Client, Door, SendError, Turn},
};
use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use tokio::time::Instant;
use url::Url;

/// How long a batch waits for more edits, unless the last one has released writers that have no successor yet.
const COMPANY: Duration = Duration::from_millis(50);
/// How many times a batch is tried, if others are faster or answers are lost.
pub(super) const TRIES: usize = 8;

/// A document after an edit.
#[derive(Clone)]
pub struct Edited {
    /// The document.
    pub version: Arc<Version>,
    /// The changes of the edit that it does not show: the server dropped them, changed them, or does not return them.
    pub unkept: Vec<Change>,
}

/// The coordinators of a pool of connections.
#[derive(Default)]
pub(in crate::rest) struct Coordinators(Mutex<Vec<Arc<Coordinator>>>);

impl Coordinators {
    /// The coordinator of the document at this URL. It is a view of the document at the other URL, or that document itself.
    pub fn of(&self, url: Url, whole: Url) -> Arc<Coordinator> {
        let mut all = lock(&self.0);
        all.iter().for_each(|coordinator| coordinator.forget());
        let mut known = |wanted: &Url, revisions: Option<&Arc<Revisions>>| {
            if let Some(coordinator) = all.iter().find(|coordinator| coordinator.url == *wanted) {
                return coordinator.clone();
            }
            all.push(Arc::new(Coordinator::of(wanted.clone(), revisions.cloned().unwrap_or_default())));
            all[all.len() - 1].clone()
        };
        let first = known(&whole, None);
        if url == whole { first } else { known(&url, Some(&first.revisions)) }
    }
}

/// One document.
pub(in crate::rest) struct Coordinator {
    url: Url,
    doors: Mutex<Vec<(Door, Arc<Through>)>>,
    pub(super) revisions: Arc<Revisions>,
    pub(super) claims: Mutex<Claims>,
}

impl Coordinator {
    fn of(url: Url, revisions: Arc<Revisions>) -> Coordinator {
        Coordinator { url, doors: Mutex::default(), revisions, claims: Mutex::default() }
    }

    /// Waits for the turn to write something else that may create a revision.
    pub async fn turn(&self) -> OtherWrite {
        self.revisions.turn().await
    }

    /// Frees answers that are too old.
    fn forget(&self) {
        lock(&self.doors).iter().for_each(|(_, through)| through.forget());
    }

    /// The document through this door.
    pub(super) fn through(&self, door: &Door) -> Arc<Through> {
        let mut doors = lock(&self.doors);
        if let Some((_, through)) = doors.iter().find(|(known, _)| known == door) {
            return through.clone();
        }
        doors.push((door.clone(), Arc::default()));
        doors[doors.len() - 1].1.clone()
    }

    /// Removes all claims of this writer.
    pub fn withdraw(&self, who: &str) {
        lock(&self.claims).withdraw(who);
    }

    /// Carries out an edit, together with others of the same door.
    pub async fn edit<C: Client>(&self, open: &Open<'_, C>, edit: Edit) -> Result<Option<Edited>, SendError> {
        let (cx, door, edit) = (open.cx, open.at.endpoint.door(), Arc::new(edit));
        let stopping = async || {
            let late = async || match cx.deadline {
                Some(deadline) => tokio::time::sleep_until(Instant::from_std(deadline)).await,
                None => std::future::pending().await,
            };
            tokio::select! {
                () = cx.stopped() => {}
                () = late() => {}
            }
        };
        let mut done = Done::No;
        for _ in 0..TRIES {
            // Edits that come at the same time share one read, and continue together.
            let Some((version, is_read)) = self.look(open, &edit.who).await? else { return Ok(None) };
            let read = is_read.then(|| version.revision.clone());
            let may_be_made = done != Done::No;
            let waiting =
                Waiting { url: self.url.clone(), door: door.clone(), edit: edit.clone(), may_be_made, deadline: cx.deadline, read };
            let mut ticket = self.revisions.batcher.join(waiting);
            loop {
                match ticket.turn(COMPANY, |_| true, stopping()).await {
                    Turn::Over(Outcome::Edited(edited)) => return Ok(Some(edited)),
                    Turn::Over(Outcome::Missing) => return Ok(None),
                    Turn::Over(Outcome::Failed(error)) => return Err(error),
                    Turn::Stopped => return Err(SendError { done, ..SendError::unsent(stopped("changed")) }),
                    Turn::Lost => break,
                    Turn::Send(batch) => {
                        let outcomes = self.carry_out(open, batch.items()).await;
                        batch.tell(outcomes);
                    }
                }
            }
            // The writer that sent it ended without telling a result.
            done = Done::Maybe;
        }
        Err(SendError { done, ..SendError::unsent(stopped("changed")) })
    }
}

pub(super) fn stopped(verb: &str) -> Diagnostic {
    Diagnostic::error("Stopped", format!("The document was waiting to be {verb}. Refresh before the next apply."))
}

pub(super) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

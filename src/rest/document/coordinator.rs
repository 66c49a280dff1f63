//! One coordinator for each document: its readers and its writers share answers, and its writers share patches (`carry_out`).
//!
//! Owns whom an answer serves. A reader gets each part of it once, and only until the next write of this process: a reader that
//! asks again wants the current state. A writer may also get an older one, since the server checks the revision of a patch.

use super::{
    Open,
    draft::Claims,
    revisions::{OtherWrite, Revisions, lock, stopped},
    version::{NoVersion, Version},
};
use crate::rest::{Client, Door, SendError, share::Now};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex},
    time::Duration,
};
use url::Url;

/// How long an answer serves others.
const LIFETIME: Duration = Duration::from_secs(30);

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
    pub(super) url: Url,
    doors: Mutex<Vec<(Door, Arc<Through>)>>,
    pub(super) revisions: Arc<Revisions>,
    pub(super) claims: Mutex<Claims>,
}

/// The document through one door.
#[derive(Default)]
pub(super) struct Through {
    /// The turn to request it.
    turn: tokio::sync::Mutex<()>,
    kept: Mutex<Option<Kept>>,
}

/// The last answer.
struct Kept {
    version: Arc<Version>,
    since: Since,
    /// The parts that were read from it; `None` for the answer to a patch, which does not serve readers.
    read: Option<HashSet<String>>,
}

/// A moment: the time, the number of writes by this process, and the number of other writes in a turn.
#[derive(Clone, Copy)]
pub(super) struct Since {
    now: Now,
    beside: u64,
}

impl Through {
    /// Frees an answer that is too old.
    pub fn forget(&self) {
        lock(&self.kept).take_if(|kept| kept.since.now.age() > LIFETIME);
    }
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

    /// The document for the reader of this part.
    pub async fn read<C: Client>(&self, open: &Open<'_, C>, part: &str) -> Result<Option<Arc<Version>>, SendError> {
        let through = self.through(&open.at.endpoint.door());
        let at_hand = || Some((self.taken(open, &through, part)?, true));
        Ok(self.get(open, &through, part, at_hand).await?.map(|(version, _)| version))
    }

    /// The document for the writer of this part, and whether it was read for this part. Otherwise it was read before, or is
    /// the answer to a patch.
    pub async fn look<C: Client>(&self, open: &Open<'_, C>, part: &str) -> Result<Option<(Arc<Version>, bool)>, SendError> {
        let through = self.through(&open.at.endpoint.door());
        let taken = || Some((self.taken(open, &through, part)?, true));
        let at_hand = || taken().or_else(|| Some((self.kept(&through)?, false)));
        self.get(open, &through, part, at_hand).await
    }

    /// The document that is at hand, or else as the server shows it. Many that need it at the same time share one request.
    async fn get<C: Client>(
        &self,
        open: &Open<'_, C>,
        through: &Through,
        part: &str,
        at_hand: impl Fn() -> Option<(Arc<Version>, bool)>,
    ) -> Result<Option<(Arc<Version>, bool)>, SendError> {
        if let Some(found) = at_hand() {
            return Ok(Some(found));
        }
        let _turn = tokio::select! {
            biased;
            () = open.cx.stopped() => return Err(SendError::unsent(stopped("read"))),
            turn = through.turn.lock() => turn,
        };
        // Another one may have read it meanwhile.
        if let Some(found) = at_hand() {
            return Ok(Some(found));
        }
        let since = self.since(open);
        match open.get(|revision| self.revisions.is_replaced(revision)).await {
            Ok(version) => Ok(Some((self.keep(through, version, since, Some(HashSet::from([part.to_owned()]))), true))),
            Err(NoVersion::Missing) => Ok(None),
            Err(NoVersion::Old(diagnostic)) => Err(SendError::unsent(diagnostic)),
            Err(NoVersion::Failed(error)) => Err(error),
        }
    }

    /// The last answer, if it serves readers and this part was not read from it yet.
    fn taken<C: Client>(&self, open: &Open<'_, C>, through: &Through, part: &str) -> Option<Arc<Version>> {
        let (version, now) = (self.kept(through)?, open.at.endpoint.http.shares.now());
        let mut kept = lock(&through.kept);
        let Kept { since, read, .. } = kept.as_mut().filter(|kept| Arc::ptr_eq(&kept.version, &version))?;
        (since.now.is_as_written_as(now) && read.as_mut()?.insert(part.to_owned())).then_some(version)
    }

    /// The last answer.
    fn kept(&self, through: &Through) -> Option<Arc<Version>> {
        let kept = lock(&through.kept);
        let Kept { version, since, .. } = kept.as_ref()?;
        (since.now.age() <= LIFETIME && !self.revisions.is_replaced(&version.revision)).then(|| version.clone())
    }

    /// The last answer, unless another write in a turn has ended since that request was sent.
    pub(super) fn kept_in_turn(&self, through: &Through) -> Option<Arc<Version>> {
        let is_last = lock(&through.kept).as_ref().is_some_and(|kept| kept.since.beside == self.revisions.other_writes());
        self.kept(through).filter(|_| is_last)
    }

    /// The present moment, before a request is sent.
    pub(super) fn since<C: Client>(&self, open: &Open<'_, C>) -> Since {
        Since { now: open.at.endpoint.http.shares.now(), beside: self.revisions.other_writes() }
    }

    /// Keeps an answer for others. `read` has the parts that were read from it.
    pub(super) fn keep(&self, through: &Through, version: Version, since: Since, read: Option<HashSet<String>>) -> Arc<Version> {
        let version = Arc::new(version);
        *lock(&through.kept) = Some(Kept { version: version.clone(), since, read });
        version
    }
}

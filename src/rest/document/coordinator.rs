//! Who reads a document when, and who writes it: one coordinator for each document.
//!
//! Owns that readers share an answer, that edits which come at the same time share a patch, one for each door, and that
//! an edit is carried out exactly as far as it has to be, whatever others write at the same time and whichever answers
//! are lost: an edit is a function over the document as it is, which is run again over the next one.
//!
//! What was read before is a fit ground for a patch, since the server checks that. Where no patch follows, it is read
//! again before anything is said to be done, or refused.

use super::{
    Open,
    change::Change,
    draft::{Claims, Draft, draft},
    edit::Edit,
    version::{NoVersion, Version, pause, pauses},
};
use crate::{
    engine::{Diagnostic, Done},
    rest::{Alone, Batcher, Client, Door, Reply, SendError, Turn, share::Now},
    value::Json,
};
use reqwest::Method;
use std::{
    collections::{HashSet, VecDeque},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};
use tokio::time::Instant;
use url::Url;

/// So long an edit waits for others to go with.
const COMPANY: Duration = Duration::from_millis(50);
/// How often a batch is patched anew, since others were faster or an answer was lost.
const TRIES: usize = 8;
/// How old a document may be that readers share, or that a patch is made for.
const LIFETIME: Duration = Duration::from_secs(30);
/// So many revisions that this process has replaced are known.
const REPLACED: usize = 256;

/// A document after an edit.
#[derive(Clone)]
pub struct Edited {
    /// The document.
    pub version: Arc<Version>,
    /// What of the edit does not hold for it: the server dropped that, changed it or does not show it.
    pub unkept: Vec<Change>,
}

/// The coordinators of a pool of connections.
#[derive(Default)]
pub(in crate::rest) struct Coordinators(Mutex<Vec<Arc<Coordinator>>>);

impl Coordinators {
    /// The one of the document at this URL, which is a view of the one at the other, or that itself.
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
    revisions: Arc<Revisions>,
    claims: Mutex<Claims>,
}

/// What all views of a document share.
struct Revisions {
    /// The revisions that this process has replaced by others, the latest first.
    replaced: Mutex<VecDeque<String>>,
    /// The edits of all views take turns, since a patch of one view replaces the revision of all.
    batcher: Arc<Batcher<Waiting, Outcome>>,
    /// How many times another write in a turn has begun or ended. It may have created a revision.
    beside: AtomicU64,
}

impl Default for Revisions {
    fn default() -> Revisions {
        let batcher = Batcher::of(|one: &Waiting, other| one.url == other.url && one.door == other.door);
        Revisions { replaced: Mutex::default(), batcher: Arc::new(batcher), beside: AtomicU64::new(0) }
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

/// An edit that waits to be carried out.
struct Waiting {
    /// The view of the document.
    url: Url,
    door: Door,
    edit: Arc<Edit>,
    /// Whether an earlier try may have been carried out.
    may_be_made: bool,
    deadline: Option<std::time::Instant>,
    /// The revision that was read for it.
    read: Option<String>,
}

/// The document, as it is seen through one door.
#[derive(Default)]
struct Through {
    /// Who asks for it.
    turn: tokio::sync::Mutex<()>,
    kept: Mutex<Option<Kept>>,
}

/// What was read or answered last.
struct Kept {
    version: Arc<Version>,
    since: Since,
    /// The parts that were read from it; `None` where it is the answer to a patch, which is no answer to readers.
    read: Option<HashSet<String>>,
}

/// A moment: by the clock and the writes of this process, and by the other writes in turns.
#[derive(Clone, Copy)]
struct Since {
    now: Now,
    beside: u64,
}

/// What came of an edit.
enum Outcome {
    Edited(Edited),
    Missing,
    Failed(SendError),
}

/// What came of a group of edits.
enum Step {
    Ended,
    /// The server refused the patch, maybe for one of them.
    Refused(SendError),
}

/// A batch on its way: what came of each edit so far.
struct Run<'a> {
    edits: &'a [Arc<Edit>],
    /// Of each, whether an earlier try may have been carried out.
    may_be_made: Vec<bool>,
    outcomes: Vec<Option<Outcome>>,
    /// Of each, the revision that was read for it, which alone tells that there is nothing to do.
    read: Vec<Option<String>>,
}

impl Coordinator {
    fn of(url: Url, revisions: Arc<Revisions>) -> Coordinator {
        Coordinator { url, doors: Mutex::default(), revisions, claims: Mutex::default() }
    }

    /// Waits for the turn to write something else that may create a revision.
    pub async fn turn(&self) -> OtherWrite {
        let turn = self.revisions.batcher.alone().await;
        self.revisions.beside.fetch_add(1, Ordering::SeqCst);
        OtherWrite { revisions: self.revisions.clone(), _turn: turn }
    }

    /// Frees what is of no use any more.
    fn forget(&self) {
        for (_, through) in lock(&self.doors).iter() {
            lock(&through.kept).take_if(|kept| kept.since.now.age() > LIFETIME);
        }
    }

    fn through(&self, door: &Door) -> Arc<Through> {
        let mut doors = lock(&self.doors);
        if let Some((_, through)) = doors.iter().find(|(known, _)| known == door) {
            return through.clone();
        }
        doors.push((door.clone(), Arc::default()));
        doors[doors.len() - 1].1.clone()
    }

    fn is_replaced(&self, revision: &str) -> bool {
        lock(&self.revisions.replaced).iter().any(|replaced| replaced == revision)
    }

    /// This writer stands for nothing in it any more.
    pub fn withdraw(&self, who: &str) {
        lock(&self.claims).withdraw(who);
    }

    fn replace(&self, revision: &str) {
        let mut replaced = lock(&self.revisions.replaced);
        replaced.push_front(revision.to_owned());
        replaced.truncate(REPLACED);
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
        match open.get(|revision| self.is_replaced(revision)).await {
            Ok(version) => Ok(Some((self.keep(through, version, since, Some(HashSet::from([part.to_owned()]))), true))),
            Err(NoVersion::Missing) => Ok(None),
            Err(NoVersion::Old(diagnostic)) => Err(SendError::unsent(diagnostic)),
            Err(NoVersion::Failed(error)) => Err(error),
        }
    }

    /// What was read last, if that is for readers and this part was not read from it yet.
    fn taken<C: Client>(&self, open: &Open<'_, C>, through: &Through, part: &str) -> Option<Arc<Version>> {
        let (version, now) = (self.kept(through)?, open.at.endpoint.http.shares.now());
        let mut kept = lock(&through.kept);
        let Kept { since, read, .. } = kept.as_mut().filter(|kept| Arc::ptr_eq(&kept.version, &version))?;
        (since.now.is_as_written_as(now) && read.as_mut()?.insert(part.to_owned())).then_some(version)
    }

    /// What was read or answered last.
    fn kept(&self, through: &Through) -> Option<Arc<Version>> {
        let kept = lock(&through.kept);
        let Kept { version, since, .. } = kept.as_ref()?;
        (since.now.age() <= LIFETIME && !self.is_replaced(&version.revision)).then(|| version.clone())
    }

    /// What was read or answered last, unless another write in a turn has begun or ended since that request was sent.
    fn kept_in_turn(&self, through: &Through) -> Option<Arc<Version>> {
        let is_last = lock(&through.kept).as_ref().is_some_and(|kept| kept.since.beside == self.revisions.beside.load(Ordering::SeqCst));
        self.kept(through).filter(|_| is_last)
    }

    /// The present moment, before a request is sent.
    fn since<C: Client>(&self, open: &Open<'_, C>) -> Since {
        Since { now: open.at.endpoint.http.shares.now(), beside: self.revisions.beside.load(Ordering::SeqCst) }
    }

    fn keep(&self, through: &Through, version: Version, since: Since, read: Option<HashSet<String>>) -> Arc<Version> {
        let version = Arc::new(version);
        *lock(&through.kept) = Some(Kept { version: version.clone(), since, read });
        version
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
            // All that come at the same time share a read, and go on from there together.
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
            // Who sent it along ended without a word.
            done = Done::Maybe;
        }
        Err(SendError { done, ..SendError::unsent(stopped("changed")) })
    }

    /// Carries out the edits of a batch. A patch that is refused is divided, until only who is to blame is left out.
    async fn carry_out<'e, C: Client>(&self, open: &Open<'_, C>, waiting: impl Iterator<Item = &'e Waiting> + Clone) -> Vec<Outcome> {
        let edits: Vec<_> = waiting.clone().map(|one| one.edit.clone()).collect();
        let may_be_made = waiting.clone().map(|one| one.may_be_made).collect();
        let read = waiting.clone().map(|one| one.read.clone()).collect();
        // It goes on for as long as any of them can wait.
        let mut cx = open.cx.clone();
        cx.deadline = waiting.map(|one| one.deadline).collect::<Option<Vec<_>>>().and_then(|deadlines| deadlines.into_iter().max());
        let open = &open.with(&cx);
        let none = edits.iter().map(|_| None).collect();
        let mut run = Run { edits: &edits, may_be_made, outcomes: none, read };
        let mut groups = vec![(0..edits.len()).collect::<Vec<_>>()];
        while let Some(group) = groups.pop() {
            let Step::Refused(error) = self.patch(open, &mut run, &group).await else { continue };
            match group.split_at(group.len() / 2) {
                ([], all) => run.fail(all, &error),
                (first, second) => groups.extend([second.to_vec(), first.to_vec()]),
            }
        }
        let bug = || {
            SendError::unsent(Diagnostic::error(
                "A change has no outcome",
                "This is a bug in the provider: it cannot say whether the change was made. Refresh before the next apply, and report it.",
            ))
        };
        run.outcomes.into_iter().map(|outcome| outcome.unwrap_or_else(|| Outcome::Failed(bug()))).collect()
    }

    /// Carries out the edits of a group in one patch, as often as it takes.
    async fn patch<C: Client>(&self, open: &Open<'_, C>, run: &mut Run<'_>, group: &[usize]) -> Step {
        let (through, service) = (self.through(&open.at.endpoint.door()), open.document.service);
        let (mut pauses, mut tries, mut anew) = (pauses(), 0, false);
        // A revision that the server says is not the latest.
        let mut refused: Option<(String, SendError)> = None;
        let mut lost: Option<SendError> = None;
        loop {
            let is_old = |revision: &str| self.is_replaced(revision) || refused.as_ref().is_some_and(|(old, _)| old == revision);
            // Another write since then may have created a revision, such as that of an organization. A read costs less than a
            // patch that the server refuses.
            let kept = self.kept_in_turn(&through).filter(|version| !anew && !is_old(&version.revision));
            let base = match kept {
                Some(version) => Ok(version),
                None => self.read_for(open, &through, run, is_old).await,
            };
            let base = match base {
                Ok(base) => base,
                Err(NoVersion::Missing) => {
                    group.iter().for_each(|place| run.outcomes[*place] = Some(Outcome::Missing));
                    return Step::Ended;
                }
                Err(NoVersion::Old(diagnostic)) => {
                    // If that one is the latest, it was refused for something else.
                    let error = refused.map(|(_, error)| error).unwrap_or_else(|| SendError::unsent(diagnostic));
                    run.fail(group, &error);
                    return Step::Ended;
                }
                Err(NoVersion::Failed(error)) => {
                    run.fail(group, &error);
                    return Step::Ended;
                }
            };
            let edits = group.iter().map(|place| (&*run.edits[*place], run.may_be_made[*place]));
            let draft = draft(open.document, &base.json, &lock(&self.claims), edits);
            if draft.patch.is_empty() {
                if group.iter().all(|place| run.read[*place].as_ref() == Some(&base.revision)) {
                    self.settle(run, group, draft, &base);
                    return Step::Ended;
                }
                anew = true;
                continue;
            }
            if tries == TRIES {
                let error = refused.map(|(_, error)| error).or(lost).unwrap_or_else(|| SendError::unsent(stopped("changed")));
                run.fail(group, &error);
                return Step::Ended;
            }
            tries += 1;
            let secrets = group.iter().flat_map(|place| run.edits[*place].secrets.iter().cloned()).collect();
            let mut request = open.at.request(Method::PATCH);
            request.path.extend([open.document.revisions, &base.revision].into_iter().filter(|part| !part.is_empty()).map(str::to_owned));
            let request = request.body(Json::Array(draft.patch.clone())).hiding(secrets).once();
            match open.at.endpoint.send(open.cx, service, request).await {
                Ok(reply) if reply.is_success() => {
                    match self.patched(open, &through, &base, &reply).await {
                        Ok(version) => {
                            run.read.fill(Some(version.revision.clone()));
                            self.settle(run, group, draft, &version);
                        }
                        Err(error) => run.fail(group, &error),
                    }
                    return Step::Ended;
                }
                Ok(reply) if (open.document.is_refused)(&reply) => return Step::Refused(open.document.refuse(&reply)),
                Ok(reply) if matches!(reply.status, 409 | 412) => {
                    let mut error = open.document.refuse(&reply);
                    error.diagnostic.summary = format!("{} was changed at the same time", open.document.name);
                    refused = Some((base.revision.clone(), error));
                }
                Ok(reply) if (500..600).contains(&reply.status) => {
                    run.lost(group, &draft);
                    lost = Some(open.document.refuse(&reply));
                }
                // It was there when it was read.
                Ok(reply) if service.says_missing(&reply) => {
                    group.iter().for_each(|place| run.outcomes[*place] = Some(Outcome::Missing));
                    return Step::Ended;
                }
                Ok(reply) if (400..500).contains(&reply.status) && !matches!(reply.status, 401 | 404 | 429) => {
                    return Step::Refused(open.document.refuse(&reply));
                }
                Ok(reply) => {
                    run.fail(group, &open.document.refuse(&reply));
                    return Step::Ended;
                }
                Err(error) if error.done == Done::No => {
                    run.fail(group, &error);
                    return Step::Ended;
                }
                Err(error) => {
                    run.lost(group, &draft);
                    lost = Some(error);
                }
            }
            anew = true;
            if let Err(error) = pause(open.cx, &mut pauses, "patched once more").await {
                run.fail(group, &error);
                return Step::Ended;
            }
        }
    }

    /// The document as it is now, read for all edits of the batch.
    async fn read_for<C: Client>(
        &self,
        open: &Open<'_, C>,
        through: &Through,
        run: &mut Run<'_>,
        is_old: impl Fn(&str) -> bool,
    ) -> Result<Arc<Version>, NoVersion> {
        let since = self.since(open);
        let read = run.edits.iter().map(|edit| edit.who.clone()).collect();
        let version = self.keep(through, open.get(is_old).await?, since, Some(read));
        run.read.fill(Some(version.revision.clone()));
        Ok(version)
    }

    /// The document after a patch of this version that was carried out: from the answer or, if that does not hold it, read
    /// until it is not the one before.
    async fn patched<C: Client>(
        &self,
        open: &Open<'_, C>,
        through: &Through,
        base: &Version,
        reply: &Reply,
    ) -> Result<Arc<Version>, SendError> {
        let since = self.since(open);
        let version = match open.answered(reply) {
            Some(version) => version,
            None => {
                let read = open.get(|revision| revision == base.revision || self.is_replaced(revision)).await;
                let unread = |why| match why {
                    NoVersion::Failed(error) => error,
                    NoVersion::Old(diagnostic) => SendError::unsent(diagnostic),
                    NoVersion::Missing => SendError::unsent(open.document.missing()),
                };
                read.map_err(|why| SendError { done: Done::Yes, ..unread(why) })?
            }
        };
        if version.revision != base.revision {
            self.replace(&base.revision);
        }
        Ok(self.keep(through, version, since, None))
    }

    /// Tells what came of each edit, by the document as it is now.
    fn settle(&self, run: &mut Run<'_>, group: &[usize], draft: Draft, version: &Arc<Version>) {
        for (place, verdict) in group.iter().zip(draft.verdicts) {
            let edit = &run.edits[*place];
            run.outcomes[*place] = Some(match verdict {
                Ok(mut changes) => {
                    lock(&self.claims).record(&edit.who, &changes);
                    changes.retain(|change| !change.holds(&version.json));
                    Outcome::Edited(Edited { version: version.clone(), unkept: changes })
                }
                Err(diagnostic) => {
                    let done = if run.may_be_made[*place] { Done::Maybe } else { Done::No };
                    Outcome::Failed(SendError { done, status: None, diagnostic })
                }
            });
        }
    }
}

impl Run<'_> {
    /// None of these could be carried out.
    fn fail(&mut self, group: &[usize], error: &SendError) {
        for place in group {
            let done = match error.done {
                Done::Yes => Done::Yes,
                // Of what is maybe done, that is known of each.
                _ if self.may_be_made[*place] => Done::Maybe,
                _ => Done::No,
            };
            self.outcomes[*place] = Some(Outcome::Failed(SendError { done, ..error.clone() }));
        }
    }

    /// The answer to a patch was lost.
    fn lost(&mut self, group: &[usize], draft: &Draft) {
        for (place, writes) in group.iter().zip(&draft.writes) {
            self.may_be_made[*place] |= *writes;
        }
    }
}

pub(super) fn stopped(verb: &str) -> Diagnostic {
    Diagnostic::error("Stopped", format!("The document was waiting to be {verb}. Refresh before the next apply."))
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

//! The edits of a batch, carried out with as few patches as possible.
//!
//! Owns that each edit is carried out exactly once, whatever others write at the same time, and also if an answer is lost: an edit
//! is a function of the current document, and runs again on the next one. A patch may be made for a document that was read
//! before, since the server checks its revision. Without a patch, the document is read again before an edit is said to be
//! done, or refused.

use super::{
    Open,
    coordinator::{Coordinator, Through},
    draft::{Draft, draft},
    edit::Edit,
    revisions::{Edited, Outcome, Waiting, lock, stopped},
    version::{NoVersion, Version, pause, pauses},
};
use crate::{
    engine::{Diagnostic, Done},
    rest::{Client, Reply, SendError, Turn},
    value::Json,
};
use reqwest::Method;
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// How long a batch waits for more edits, unless the last one has released writers that have no successor yet.
const COMPANY: Duration = Duration::from_millis(50);
/// How many times a batch is tried, if others are faster or answers are lost.
const TRIES: usize = 8;

/// The result of a group of edits.
enum Step {
    /// Each of them has its result.
    Ended,
    /// The server refused the patch, maybe because of one of them.
    Refused(SendError),
}

/// A batch in flight.
struct Run<'a> {
    edits: &'a [Arc<Edit>],
    /// For each edit, whether an earlier try may have been carried out.
    may_be_made: Vec<bool>,
    /// For each edit, its result so far.
    outcomes: Vec<Option<Outcome>>,
    /// For each edit, the revision that was read for it. Only that one can show that there is nothing to do.
    read: Vec<Option<String>>,
}

impl Coordinator {
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

    /// Carries out the edits of a batch. If the server refuses the patch, its halves are sent one after the other, until only the
    /// edits that it refuses are left out.
    async fn carry_out<'e, C: Client>(&self, open: &Open<'_, C>, waiting: impl Iterator<Item = &'e Waiting> + Clone) -> Vec<Outcome> {
        let edits: Vec<_> = waiting.clone().map(|one| one.edit.clone()).collect();
        let may_be_made = waiting.clone().map(|one| one.may_be_made).collect();
        let read = waiting.clone().map(|one| one.read.clone()).collect();
        // It may take as long as any of the writers waits.
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

    /// Carries out the edits of a group in one patch, with as many tries as necessary.
    async fn patch<C: Client>(&self, open: &Open<'_, C>, run: &mut Run<'_>, group: &[usize]) -> Step {
        let (through, service) = (self.through(&open.at.endpoint.door()), open.document.service);
        let (mut pauses, mut tries, mut anew) = (pauses(), 0, false);
        // A revision that the server says is not the latest.
        let mut refused: Option<(String, SendError)> = None;
        let mut lost: Option<SendError> = None;
        loop {
            let is_old = |revision: &str| self.revisions.is_replaced(revision) || refused.as_ref().is_some_and(|(old, _)| old == revision);
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
                    // If that revision is the latest, the server refused the patch for another reason.
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
                // It existed when it was read.
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

    /// The current document, read for all edits of the batch.
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

    /// The document after a patch of this version that was carried out: from the answer or, if the answer does not contain it, read
    /// until it shows another revision.
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
                let read = open.get(|revision| revision == base.revision || self.revisions.is_replaced(revision)).await;
                let unread = |why| match why {
                    NoVersion::Failed(error) => error,
                    NoVersion::Old(diagnostic) => SendError::unsent(diagnostic),
                    NoVersion::Missing => SendError::unsent(open.document.missing()),
                };
                read.map_err(|why| SendError { done: Done::Yes, ..unread(why) })?
            }
        };
        if version.revision != base.revision {
            self.revisions.replace(&base.revision);
        }
        Ok(self.keep(through, version, since, None))
    }

    /// Records the result of each edit, from the current document.
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
    /// Records that none of these could be carried out.
    fn fail(&mut self, group: &[usize], error: &SendError) {
        for place in group {
            let done = match error.done {
                Done::Yes => Done::Yes,
                // Whether it may have been carried out is known for each edit.
                _ if self.may_be_made[*place] => Done::Maybe,
                _ => Done::No,
            };
            self.outcomes[*place] = Some(Outcome::Failed(SendError { done, ..error.clone() }));
        }
    }

    /// Records that the answer to a patch was lost.
    fn lost(&mut self, group: &[usize], draft: &Draft) {
        for (place, writes) in group.iter().zip(&draft.writes) {
            self.may_be_made[*place] |= *writes;
        }
    }
}

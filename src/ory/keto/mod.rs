//! Relationships in Keto: tuples without ids, which are found and deleted by their whole content.
//!
//! Owns the requests; tuples themselves are in `tuple`. It exists because of two traps. `DELETE` deletes everything that a query
//! matches, so tuples are deleted by `PATCH`, which takes only whole tuples. And inserting a tuple twice makes two of it, so an
//! insert is sent once, and after a lost answer the tuple is looked for. (A `PATCH` that deletes and inserts the same tuple ends
//! without it: Keto runs all inserts of a request before all deletes, whatever their order.)

mod tuple;

pub use tuple::{Scope, Subject, Tuple};

use super::{
    Client,
    services::{KETO_READ, KETO_WRITE},
};
use crate::{
    engine::{Account, Cx, Diagnostic, Done, Failure, one_line},
    rest::{Batchers, Client as _, Door, Endpoint, PAGE_SIZE, Page, Pages, Paging, Reply, Request, SendError, Turn, once},
    schema::Object,
    value::{Json, Path},
};
use reqwest::Method;
use std::{
    collections::{BTreeSet, HashSet},
    iter,
    time::Duration,
};

/// The number of changes in one request: well below any limit on the size, and still few requests for many tuples.
const BATCH: usize = 500;
/// The number of values of a tuple in a state.
const VALUES: usize = 7;
/// The path for reading tuples.
const TUPLES: &str = "/relation-tuples";

/// The number of checks in one request: the most that Keto accepts.
const CHECKS: usize = 10;

/// Members of a request's query.
pub type Query = Vec<(String, String)>;

/// The batches of single tuples, by server, account, and whether they insert or delete. Each ticket gets the result of the
/// request with its tuple.
pub type Writers = Batchers<(Door, bool), Tuple, Done>;

/// The progress of a change that was not carried out completely.
pub struct Partly {
    /// How many tuples were made, or may have been.
    pub made: usize,
    /// How many tuples are known to be deleted.
    pub removed: usize,
    /// How many changes are known to be made: inserts and deletes.
    pub done: usize,
    /// Why it ended.
    pub error: SendError,
}

/// Keto, for one object.
pub struct Keto<'a> {
    cx: &'a Cx<Client>,
    object: Object<'a>,
    read: Endpoint,
}

impl<'a> Keto<'a> {
    /// Keto for this object. The write API is looked up only when something is written.
    pub async fn of(cx: &'a Cx<Client>, object: Object<'a>) -> Result<Keto<'a>, Diagnostic> {
        let read = cx.client.endpoint(&KETO_READ, object).await?;
        Ok(Keto { cx, object, read })
    }

    /// The account whose credentials the requests use.
    pub fn account(&self) -> Account {
        self.read.account(self.cx)
    }

    /// Whether the tuple exists; `None` if a namespace in it does not.
    pub async fn has(&self, tuple: &Tuple) -> Result<Option<bool>, SendError> {
        let query = tuple.query();
        let mut rows = Vec::new();
        let found = self.list(&query, |page| {
            rows.extend(page.into_iter().filter(|found| found == tuple));
            (rows.len(), false)
        });
        let found = found.await?;
        self.tell_of_twins(&rows);
        Ok(found.map(|()| !rows.is_empty()))
    }

    /// Whether a list of its namespace, which other reads use too, shows the tuple. `false` proves nothing.
    pub async fn is_listed(&self, tuple: &Tuple) -> bool {
        let list = Request::new(Method::GET, TUPLES).query("namespace", &tuple.namespace).query("page_size", PAGE_SIZE);
        self.read.shared(self.cx, &KETO_READ, list, &tuple.id(), |reply| page(&tuple.namespace, reply)).await.is_some()
    }

    /// Warns about duplicates: two writers that insert a tuple at the same moment make two rows, which only a list shows.
    fn tell_of_twins(&self, found: &[Tuple]) {
        let mut seen = HashSet::new();
        let twins: BTreeSet<_> = found.iter().filter(|tuple| !seen.insert(*tuple)).map(Tuple::id).collect();
        if let Some(first) = twins.first() {
            let more = if twins.len() > 1 { format!(" (and {} others)", twins.len() - 1) } else { String::new() };
            self.cx.warn(Diagnostic::warning(
                "A relationship exists twice",
                format!(
                    "Ory Keto holds `{first}`{more} more than once: two writers made it at the same moment. Checks count it as one, and deleting it deletes all copies."
                ),
            ));
        }
    }

    /// All tuples that the query finds; `None` if a namespace in it does not exist.
    pub async fn find(&self, query: &Query) -> Result<Option<Vec<Tuple>>, Failure> {
        let mut all = Vec::new();
        let found = self.list(query, |page| {
            let count = page.len();
            all.extend(page);
            (count * VALUES, false)
        });
        Ok(found.await?.map(|()| all))
    }

    /// All tuples of the scope; `None` if its namespace does not exist.
    pub async fn all(&self, scope: &Scope) -> Result<Option<Vec<Tuple>>, Failure> {
        self.find(&scope.query()).await
    }

    /// Those of these tuples that exist, where the scope has at least `beside` others; `None` if its namespace does not exist.
    pub async fn present(&self, scope: &Scope, wanted: &HashSet<Tuple>, beside: usize) -> Result<Option<HashSet<Tuple>>, Failure> {
        let mut present = HashSet::new();
        for query in scope.around(wanted, beside) {
            let mut missing: HashSet<&Tuple> = wanted.iter().filter(|tuple| tuple.answers(&query)).collect();
            let mut rows = Vec::new();
            let found = self.list(&query, |page| {
                for tuple in page.into_iter().filter(|tuple| wanted.contains(tuple)) {
                    missing.remove(&tuple);
                    rows.push(tuple);
                }
                (rows.len() * VALUES, missing.is_empty())
            });
            if found.await?.is_none() {
                return Ok(None);
            }
            self.tell_of_twins(&rows);
            present.extend(rows);
        }
        Ok(Some(present))
    }

    /// Passes the tuples that the query finds to `keep`, page by page. `keep` returns the number of values that it keeps of a page,
    /// and whether it needs no more pages. `None` if a namespace in the query does not exist.
    async fn list(&self, query: &Query, mut keep: impl FnMut(Vec<Tuple>) -> (usize, bool)) -> Result<Option<()>, SendError> {
        let list = Request { query: query.clone(), ..Request::new(Method::GET, TUPLES) };
        let mut pages = Pages::new(self.cx, &self.read, &KETO_READ, Paging::tokens("relation_tuples"), list);
        loop {
            let page = match pages.next().await {
                Err(_) if pages.is_missing() => return Ok(None),
                page => page?,
            };
            let Some(page) = page else { return Ok(Some(())) };
            let unreadable = |why: &str| SendError { done: Done::No, ..KETO_READ.unreadable(&page.reply, why) };
            let found = page.items.iter().map(Tuple::from_json).collect::<Option<Vec<_>>>();
            let found = found.ok_or_else(|| unreadable("expected a list of relationships"))?;
            if let Some(other) = found.iter().find(|found| !found.answers(query)) {
                let asked: Vec<_> = query.iter().map(|(name, value)| format!("{name} `{value}`")).collect();
                return Err(unreadable(&format!("it has the relationship `{}`, although {} was requested", other.id(), asked.join(", "))));
            }
            let (kept, enough) = keep(found);
            if enough {
                return Ok(Some(()));
            }
            pages.keep(kept, &page.reply)?;
        }
    }

    /// Whether the subject is in the relation, directly or through others, within this depth.
    pub async fn allows(&self, tuple: &Tuple, max_depth: Option<i64>) -> Result<bool, Failure> {
        // The other path answers "no" with a status that a proxy may send as well.
        let request = Request { query: tuple.query(), ..Request::new(Method::GET, "/relation-tuples/check/openapi") };
        let reply = self.read.send(self.cx, &KETO_READ, deep(request, max_depth)).await?;
        if !reply.is_success() {
            let mut error = KETO_READ.refuse(&reply);
            if reply.status == 400 {
                error.diagnostic.detail.push_str(UNDECLARED);
            }
            return Err(error.into());
        }
        let allowed = reply.json().and_then(|body| body.at("allowed").as_bool());
        allowed.ok_or_else(|| KETO_READ.unreadable(&reply, "`allowed` is missing").into())
    }

    /// The same for many, in their order. If the server has no batch checks, they are sent one by one.
    pub async fn allow_each(&self, tuples: &[Tuple], max_depth: Option<i64>) -> Result<Vec<Verdict>, Failure> {
        let mut verdicts = Vec::with_capacity(tuples.len());
        for batch in tuples.chunks(CHECKS) {
            let body = Json::object([("tuples", batch.iter().map(Tuple::json).collect::<Json>())]);
            let request = deep(Request::new(Method::POST, "/relation-tuples/batch/check").body(body), max_depth);
            let reply = self.read.send(self.cx, &KETO_READ, request).await?;
            if is_no_route(&reply) {
                for tuple in batch {
                    verdicts.push(Verdict { allowed: self.allows(tuple, max_depth).await?, error: None });
                }
                continue;
            }
            if !reply.is_success() {
                return Err(KETO_READ.refuse(&reply).into());
            }
            let answer = KETO_READ.json(&reply)?;
            let verdict = |result: &Json| {
                let error = result.at("error").as_str().filter(|error| !error.is_empty());
                // A text that may contain a secret is not shown, only that there is one.
                let error = error.map(|error| reply.scrub(error).unwrap_or_else(|| "Ory Keto gave a reason that is not shown.".to_owned()));
                Some(Verdict { allowed: result.at("allowed").as_bool()?, error })
            };
            let results = answer.at("results").as_array().unwrap_or_default().iter().map(verdict).collect::<Option<Vec<_>>>();
            match results.filter(|results| results.len() == batch.len()) {
                Some(results) => verdicts.extend(results),
                None => return Err(KETO_READ.unreadable(&reply, "`results` does not have an answer to each check").into()),
            }
        }
        Ok(verdicts)
    }

    /// The tree of the subjects with this relation to this object; `None` if there are none.
    pub async fn expand(&self, [namespace, object, relation]: [&str; 3], max_depth: Option<i64>) -> Result<Option<Json>, Failure> {
        let request = Request::new(Method::GET, "/relation-tuples/expand");
        let request = request.query("namespace", namespace).query("object", object).query("relation", relation);
        let reply = self.read.send(self.cx, &KETO_READ, deep(request, max_depth)).await?;
        if KETO_READ.says_missing(&reply) {
            return Err(no_namespace(&said(&reply)).into());
        }
        if !reply.is_success() {
            return Err(KETO_READ.refuse(&reply).into());
        }
        let tree = KETO_READ.json(&reply)?;
        match (tree.at("type").is_string(), tree.at("code").as_i64()) {
            (true, _) => Ok(Some(tree)),
            // Keto answers this with a success status, and without an envelope.
            (false, Some(404)) => Ok(None),
            (false, _) => Err(KETO_READ.unreadable(&reply, "`type` is missing").into()),
        }
    }

    /// Inserts the tuples of `make`, which were found missing, and then deletes those of `remove`.
    pub async fn change(&self, make: &[Tuple], remove: &[Tuple]) -> Result<(), Partly> {
        let unsent = |diagnostic| Partly { made: 0, removed: 0, done: 0, error: SendError::unsent(diagnostic) };
        let write = self.cx.client.endpoint(&KETO_WRITE, self.object).await.map_err(unsent)?;
        let changes: Vec<_> = make.iter().map(|tuple| (true, tuple)).chain(remove.iter().map(|tuple| (false, tuple))).collect();
        for (turn, batch) in changes.chunks(BATCH).enumerate() {
            self.batch(&write, batch).await.map_err(|error| {
                let done = turn * BATCH;
                let open = if error.done == Done::No { 0 } else { batch.len() };
                Partly { made: (done + open).min(make.len()), removed: done.saturating_sub(make.len()), done, error }
            })?;
        }
        Ok(())
    }

    /// Inserts a tuple that was found missing, or deletes one, together with others that are written at the same time.
    pub async fn change_one(&self, make: bool, tuple: &Tuple) -> Result<(), SendError> {
        let write = self.cx.client.endpoint(&KETO_WRITE, self.object).await.map_err(SendError::unsent)?;
        let writers = self.cx.client.relationships.at((write.door(), make));
        let mut ticket = writers.join(tuple.clone());
        let stopped = |done| {
            let detail = "The relationship was waiting to be written together with others. Refresh before the next apply.";
            Err(SendError { done, status: None, diagnostic: Diagnostic::error("Stopped", detail) })
        };
        let before = loop {
            // Equal tuples do not go into one request: they would become duplicates.
            let mut seen = HashSet::new();
            let goes = |tuple: &Tuple| seen.len() < BATCH && seen.insert(tuple.clone());
            // The first request does not wait for others: it is sent at once and alone.
            let batch = match ticket.turn(Duration::ZERO, goes, self.cx.stopped()).await {
                Turn::Send(batch) => batch,
                Turn::Stopped => return stopped(Done::No),
                Turn::Over(Done::Yes) => return Ok(()),
                Turn::Over(done) if self.cx.cancel.is_cancelled() => return stopped(done),
                Turn::Lost if self.cx.cancel.is_cancelled() => return stopped(Done::Maybe),
                Turn::Over(done) => break done,
                Turn::Lost => break Done::Maybe,
            };
            let changes: Vec<_> = batch.items().map(|tuple| (make, tuple)).collect();
            // A request is carried out as a whole or not at all. So if a shared one fails, each of its writers finds out for
            // itself.
            let (sent, is_alone) = (self.batch(&write, &changes).await, changes.len() == 1);
            batch.tell(iter::repeat(match &sent {
                Ok(()) => Done::Yes,
                Err(error) if error.done == Done::No => Done::No,
                Err(_) => Done::Maybe,
            }));
            if is_alone {
                return sent;
            }
        };
        drop(ticket);
        // The failure may be the fault of another tuple in the request, or the answer may have been lost.
        match make && matches!(self.has(tuple).await, Ok(Some(true))) {
            true => Ok(()),
            false => self.batch(&write, &[(make, tuple)]).await.map_err(|error| match error.done {
                Done::No => SendError { done: before, ..error },
                _ => error,
            }),
        }
    }

    /// One request, which is carried out as a whole or not at all.
    async fn batch(&self, write: &Endpoint, changes: &[(bool, &Tuple)]) -> Result<(), SendError> {
        let delta = |(make, tuple): &(bool, &Tuple)| {
            Json::object([("action", if *make { "insert" } else { "delete" }.into()), ("relation_tuple", tuple.json())])
        };
        let patch = Request::new(Method::PATCH, "/admin/relation-tuples").body(changes.iter().map(delta).collect());
        // An inserted tuple shows whether the request was carried out.
        let Some((_, witness)) = changes.iter().find(|(make, _)| *make) else {
            let reply = write.send(self.cx, &KETO_WRITE, patch).await?;
            // Keto keeps the tuples of a namespace that is gone: with the namespace, they are back.
            return match reply.is_success() {
                true => Ok(()),
                false if KETO_WRITE.says_missing(&reply) => {
                    Err(SendError { done: Done::No, status: Some(404), diagnostic: undeletable(&reply) })
                }
                false => Err(KETO_WRITE.refuse(&reply)),
            };
        };
        let patch = patch.once();
        let send = || async {
            let reply = write.send(self.cx, &KETO_WRITE, patch.clone()).await?;
            if KETO_WRITE.says_missing(&reply) {
                return Err(SendError { done: Done::No, status: Some(404), diagnostic: no_namespace(&said(&reply)) });
            }
            if reply.is_success() { Ok(()) } else { Err(KETO_WRITE.refuse(&reply)) }
        };
        let look = || async { Ok(self.has(witness).await?.filter(|there| *there).map(drop)) };
        once(self.cx, send, look).await
    }
}

/// The result of one of many checks.
pub struct Verdict {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why it could not be checked.
    pub error: Option<String>,
}

/// The request with this limit on the depth.
fn deep(request: Request, max_depth: Option<i64>) -> Request {
    match max_depth {
        Some(depth) => request.query("max-depth", &depth.to_string()),
        None => request,
    }
}

/// Whether the answer is a router's, for a path that the release does not have, and not an error of Keto's.
fn is_no_route(reply: &Reply) -> bool {
    reply.status == 405 || (reply.status == 404 && reply.json().is_none_or(|body| body.at("error").is_null()))
}

/// Explains why Keto may refuse a check although it is complete.
const UNDECLARED: &str = "\n\nIf the answer is that a relation does not exist, the rules of the namespace (Ory Permission Language) do not declare it. It may be the requested relation, or the relation of a subject set on the way to the subject: Ory Keto accepts such relationships without checking the rules. Correct the relation, declare it, or delete such relationships.";

/// A page of a namespace's tuples. All that matters of a tuple is that it exists.
fn page(namespace: &str, reply: &Reply) -> Option<Page<'static>> {
    let body = reply.json()?;
    let tuples = body.at("relation_tuples").as_array()?.iter().map(Tuple::from_json).collect::<Option<Vec<_>>>()?;
    let next = body.at("next_page_token").as_str().filter(|token| !token.is_empty()).map(|token| {
        let query = [("namespace", namespace), ("page_size", PAGE_SIZE), ("page_token", token)];
        query.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    });
    // Duplicates are left out, so that the tuple is read by itself, which warns about them.
    let (mut seen, mut twins) = (HashSet::new(), HashSet::new());
    twins.extend(tuples.iter().filter(|tuple| !seen.insert(*tuple)));
    let items = seen.into_iter().filter(|tuple| !twins.contains(tuple)).map(|tuple| (tuple.id(), "true".into()));
    Some(Page { items: items.collect(), next })
}

/// Keto's own message about a missing namespace, unless it may contain a secret.
fn said(reply: &Reply) -> String {
    reply.scrub(reply.json().unwrap_or_default().at("error/reason").as_str().unwrap_or_default()).unwrap_or_default()
}

/// The error for a delete without its namespace. Keto finds tuples only by the namespaces that it has.
fn undeletable(reply: &Reply) -> Diagnostic {
    let Diagnostic { detail, .. } = no_namespace(&said(reply));
    Diagnostic::error(
        "A relationship cannot be deleted without its namespace",
        format!(
            "Nothing was deleted: Ory Keto keeps the relationships of a namespace that is gone, and they count again when the namespace is back. Delete relationships before their namespace (`depends_on`, or `dependsOn` in Pulumi). If they may stay, remove them from the state (`terraform state rm`, `pulumi state delete`).\n\n{detail}"
        ),
    )
    .at(Path::attr("namespace"))
}

/// The warning that relationships of the state cannot be seen without their namespace.
pub fn unseen(namespace: &str) -> Diagnostic {
    Diagnostic::warning(
        "The namespace does not exist",
        format!(
            "Ory Keto does not have the namespace `{}` or that of a subject set any more, so nobody can see whether the relationships still exist; they count again when the namespace is back. The state keeps them. Add the namespace to the permission model again, or delete the relationships before their namespace.",
            one_line(namespace)
        ),
    )
    .at(Path::attr("namespace"))
}

/// The error for a missing namespace, with Keto's own message.
pub fn no_namespace(reason: &str) -> Diagnostic {
    let said = if reason.is_empty() { String::new() } else { format!(" It says: {reason}") };
    Diagnostic::error(
        "The namespace does not exist",
        format!(
            "Ory Keto does not have the namespace.{said}\n\nNamespaces are part of the configuration: the permissions of an Ory Network project, or `namespaces` of a self-hosted Ory Keto. Add the namespace there, and let the resources that use it depend on that; otherwise check the spelling."
        ),
    )
    .at(Path::attr("namespace"))
}

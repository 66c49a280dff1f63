//! Relationships as Keto has them: tuples without ids, which are found, and taken away, by their whole content.
//!
//! Owns the requests; what a tuple is, is in `tuple`. Two traps are its reason:
//! `DELETE` takes away whatever a query matches, so that tuples are deleted by `PATCH`, which takes nothing but
//! whole tuples; and inserting a tuple twice makes two of it, so that an insert is sent once and looked for
//! where no answer came. (A `PATCH` that deletes and inserts one tuple ends without it: Keto runs all inserts
//! of a request before all deletes, whatever their order.)

mod tuple;

pub use tuple::{Scope, Subject, Tuple};

use super::{
    Client,
    services::{KETO_READ, KETO_WRITE},
};
use crate::{
    engine::{Account, Cx, Diagnostic, Done, Failure},
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

/// How many changes go in one request: far from any limit on its size, and few requests for many tuples.
const BATCH: usize = 500;
/// Of how many values a tuple is made in a state.
const VALUES: usize = 7;
/// Where tuples are asked for.
const TUPLES: &str = "/relation-tuples";

/// How many checks go in one request: Keto takes no more.
const CHECKS: usize = 10;

/// Members of a request's query.
pub type Query = Vec<(String, String)>;

/// Those who write single tuples, by where they write, as whom, and whether they make or remove. Each is told whether a
/// request that took its tuple along was carried out.
pub type Writers = Batchers<(Door, bool), Tuple, Done>;

/// How far a change came that was not carried out to its end.
pub struct Partly {
    /// How many tuples were made, or may have been.
    pub made: usize,
    /// How many are known to be taken away.
    pub removed: usize,
    /// How many changes are known to be made, of both.
    pub done: usize,
    /// Why it ended.
    pub error: SendError,
}

/// Keto, as one object reaches it.
pub struct Keto<'a> {
    cx: &'a Cx<Client>,
    object: Object<'a>,
    read: Endpoint,
}

impl<'a> Keto<'a> {
    /// As this object reaches it. Where it is written, is asked only once something is.
    pub async fn of(cx: &'a Cx<Client>, object: Object<'a>) -> Result<Keto<'a>, Diagnostic> {
        let read = cx.client.endpoint(&KETO_READ, object).await?;
        Ok(Keto { cx, object, read })
    }

    /// As whom it is reached.
    pub fn account(&self) -> Account {
        self.read.account(self.cx)
    }

    /// Whether the tuple is there; `None` if a namespace of it is not.
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

    /// Whether a list of its namespace, which other reads use too, shows the tuple. That it does not means nothing.
    pub async fn is_listed(&self, tuple: &Tuple) -> bool {
        let list = Request::new(Method::GET, TUPLES).query("namespace", &tuple.namespace).query("page_size", PAGE_SIZE);
        self.read.shared(self.cx, &KETO_READ, list, &tuple.id(), |reply| page(&tuple.namespace, reply)).await.is_some()
    }

    /// Two who make one tuple at the same moment make two rows of it, which nothing but a list shows.
    fn tell_of_twins(&self, found: &[Tuple]) {
        let mut seen = HashSet::new();
        let twins: BTreeSet<_> = found.iter().filter(|tuple| !seen.insert(*tuple)).map(Tuple::id).collect();
        if let Some(first) = twins.first() {
            let more = if twins.len() > 1 { format!(" (and {} others)", twins.len() - 1) } else { String::new() };
            self.cx.warn(Diagnostic::warning(
                "A relationship is there twice",
                format!(
                    "Ory Keto holds `{first}`{more} more than once: two writers made it at the same moment. It counts as one; whoever takes it away takes all of it away."
                ),
            ));
        }
    }

    /// All tuples that the query finds; `None` if a namespace in it is not there.
    pub async fn find(&self, query: &Query) -> Result<Option<Vec<Tuple>>, Failure> {
        let mut all = Vec::new();
        let found = self.list(query, |page| {
            let count = page.len();
            all.extend(page);
            (count * VALUES, false)
        });
        Ok(found.await?.map(|()| all))
    }

    /// All tuples of the scope; `None` if its namespace is not there.
    pub async fn all(&self, scope: &Scope) -> Result<Option<Vec<Tuple>>, Failure> {
        self.find(&scope.query()).await
    }

    /// Those of these tuples of the scope that are there, beside at least so many others; `None` if its namespace is not.
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

    /// Hands the tuples that the query finds to `keep`, page by page: it tells how many values it keeps of one, and
    /// whether it has seen enough. `None` if a namespace in the query is not there.
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
                return Err(unreadable(&format!("it holds the relationship `{}`, and {} was asked for", other.id(), asked.join(", "))));
            }
            let (kept, enough) = keep(found);
            if enough {
                return Ok(Some(()));
            }
            pages.keep(kept, &page.reply)?;
        }
    }

    /// Whether the subject is in the relation, directly or by way of others, within so many steps.
    pub async fn allows(&self, tuple: &Tuple, max_depth: Option<i64>) -> Result<bool, Failure> {
        // The other path says no by a status, which a proxy says too.
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

    /// The same of many, in their order. A server that has no batches is asked one by one.
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
                // A text that may repeat something secret is not shown, but that there is one is.
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

    /// The tree of who is in this relation to this object; `None` where nobody is.
    pub async fn expand(&self, [namespace, object, relation]: [&str; 3], max_depth: Option<i64>) -> Result<Option<Json>, Failure> {
        let request = Request::new(Method::GET, "/relation-tuples/expand");
        let request = request.query("namespace", namespace).query("object", object).query("relation", relation);
        let reply = self.read.send(self.cx, &KETO_READ, deep(request, max_depth)).await?;
        if KETO_READ.says_missing(&reply) {
            return Err(no_namespace(&reply.scrub(reason(&reply.json().unwrap_or_default())).unwrap_or_default()).into());
        }
        if !reply.is_success() {
            return Err(KETO_READ.refuse(&reply).into());
        }
        let tree = KETO_READ.json(&reply)?;
        match (tree.at("type").is_string(), tree.at("code").as_i64()) {
            (true, _) => Ok(Some(tree)),
            // It says so with the status of a success, and without an envelope.
            (false, Some(404)) => Ok(None),
            (false, _) => Err(KETO_READ.unreadable(&reply, "`type` is missing").into()),
        }
    }

    /// Makes the tuples, which were seen not to be there, and takes the others away: those that are made first.
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

    /// Makes one tuple, which was seen not to be there, or takes it away: together with others that are written at
    /// the same time.
    pub async fn change_one(&self, make: bool, tuple: &Tuple) -> Result<(), SendError> {
        let write = self.cx.client.endpoint(&KETO_WRITE, self.object).await.map_err(SendError::unsent)?;
        let writers = self.cx.client.relationships.at((write.door(), make));
        let mut ticket = writers.join(tuple.clone());
        let stopped = |done| {
            let detail = "The relationship was waiting to be written together with others. Refresh before the next apply.";
            Err(SendError { done, status: None, diagnostic: Diagnostic::error("Stopped", detail) })
        };
        let before = loop {
            // Two alike do not go together: they would become twins.
            let mut seen = HashSet::new();
            let goes = |tuple: &Tuple| seen.len() < BATCH && seen.insert(tuple.clone());
            // Nobody waits for company: the first goes at once and alone.
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
            // A request is carried out as a whole or not at all, so that where a shared one fails each of its writers finds
            // out for itself.
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
        // What others of a request did wrong is not this one's fault, and an answer may have been lost.
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
        // One of what it makes tells whether it was carried out.
        let Some((_, witness)) = changes.iter().find(|(make, _)| *make) else {
            let reply = write.send(self.cx, &KETO_WRITE, patch).await?;
            // With a namespace, all that was in it is gone.
            let gone = reply.is_success() || KETO_WRITE.says_missing(&reply);
            return if gone { Ok(()) } else { Err(KETO_WRITE.refuse(&reply)) };
        };
        let patch = patch.once();
        let send = || async {
            let reply = write.send(self.cx, &KETO_WRITE, patch.clone()).await?;
            if KETO_WRITE.says_missing(&reply) {
                let diagnostic = no_namespace(&reply.scrub(reason(&reply.json().unwrap_or_default())).unwrap_or_default());
                return Err(SendError { done: Done::No, status: Some(404), diagnostic });
            }
            if reply.is_success() { Ok(()) } else { Err(KETO_WRITE.refuse(&reply)) }
        };
        let look = || async { Ok(self.has(witness).await?.filter(|there| *there).map(drop)) };
        once(self.cx, send, look).await
    }
}

/// What Keto says to one of many checks.
pub struct Verdict {
    /// Whether it is allowed.
    pub allowed: bool,
    /// Why it could not be checked.
    pub error: Option<String>,
}

/// The request with this limit on its steps.
fn deep(request: Request, max_depth: Option<i64>) -> Request {
    match max_depth {
        Some(depth) => request.query("max-depth", &depth.to_string()),
        None => request,
    }
}

/// The word of a router about a path that the release does not have: no error of Keto's.
fn is_no_route(reply: &Reply) -> bool {
    reply.status == 405 || (reply.status == 404 && reply.json().is_none_or(|body| body.at("error").is_null()))
}

/// Why Keto refuses a check although all of it is there.
const UNDECLARED: &str = "\n\nIf it says that a relation does not exist: the rules of the namespace (Ory Permission Language) do not declare it. It is the one that is asked for, or that of a subject set on the way to the subject, which Ory Keto takes without looking at the rules. Correct the relation, declare it, or take such relationships away.";

/// A page of a namespace's tuples: of a tuple there is nothing to say but that it is there.
fn page(namespace: &str, reply: &Reply) -> Option<Page> {
    let body = reply.json()?;
    let tuples = body.at("relation_tuples").as_array()?.iter().map(Tuple::from_json).collect::<Option<Vec<_>>>()?;
    let next = body.at("next_page_token").as_str().filter(|token| !token.is_empty()).map(|token| {
        let query = [("namespace", namespace), ("page_size", PAGE_SIZE), ("page_token", token)];
        query.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec()
    });
    // What is there twice is to be asked for, which tells of it.
    let (mut seen, mut twins) = (HashSet::new(), HashSet::new());
    twins.extend(tuples.iter().filter(|tuple| !seen.insert(*tuple)));
    let items = seen.into_iter().filter(|tuple| !twins.contains(tuple)).map(|tuple| (tuple.id(), "true".into()));
    Some(Page { items: items.collect(), next })
}

fn reason(body: &Json) -> &str {
    body.at("error/reason").as_str().unwrap_or_default()
}

/// Why nothing can be written: with Keto's own word on which namespace it misses.
pub fn no_namespace(reason: &str) -> Diagnostic {
    let said = if reason.is_empty() { String::new() } else { format!(" It says: {reason}") };
    Diagnostic::error(
        "The namespace does not exist",
        format!(
            "Ory Keto has no such namespace.{said}\n\nNamespaces are part of its configuration: of an Ory Network project's permissions, or of a self-hosted Keto's `namespaces`. Add the namespace there, and let what uses it depend on that; otherwise check the spelling."
        ),
    )
    .at(Path::attr("namespace"))
}

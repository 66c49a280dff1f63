//! `ory_imported_api_key`: an API key that was made elsewhere, and that Ory Talos verifies from now on.
//!
//! Keys that are imported at the same time go in one request. That request has no `request_id`, and its answer has the result of
//! each key. If the answer is lost, or if all keys failed (then a single status code stands for all), each key is looked at
//! separately.

use super::{
    super::{
        super::{client::Client, services::TALOS, talos},
        due,
        guards::PROTECTION,
        target::TARGET,
    },
    keys::{Keys, LIFE, REVOCATION, RULES, SHOWN, SUBJECT, kept, lasts, replacing},
};
use crate::{
    engine::{Backend, Cx, Diagnostic, Done, Failure, Makes, Objects, Observed, Offer, State, Wanted, Write},
    rest::{Endpoint, Reply, Request, SendError, Turn, maybe_left},
    schema::{Attr, Lookup, Object, Problem, Resource, Rule, conflicts, lookup, only, refuse, requires, resource, rule, string},
    value::{Json, instant},
};
use async_trait::async_trait;
use reqwest::Method;
use std::{collections::HashSet, time::Duration};
use tokio::time::Instant;

/// What this file offers.
pub static OFFERS: &[Offer<Client>] = &[Offer::resource(&RESOURCE, &BACKEND), Offer::lookup(&LOOKUP, &BACKEND)];

/// The resource.
pub static RESOURCE: Resource = resource(
    "imported_api_key",
    "An API key that was made elsewhere and is verified by Ory Talos from now on, beside those that it issues (`ory_api_key`). \
     The server keeps a digest of it and never shows it.\n\n\
     Give the key as `raw_key`, which is kept in the state, or as `raw_key_wo`, which is not kept in Terraform's state. Keys that are \
     imported at the same time share requests. The server holds each key only once, even a revoked one: to import the same key \
     with another expiry or for another actor, the old one has to be deleted first (`create_before_destroy` needs another key; Pulumi \
     takes care of that). Destroying the resource deletes the key, so that it can be imported again, or revokes it (`on_destroy`). \
     An imported key expires like every key: one that has expired is imported again; for one that somebody has revoked, give another \
     `raw_key`. It is imported into a state by its `key_id`, without the key itself.",
)
.import("key_id")
.created_at("create_time")
.sections(&[RAW, SUBJECT, LIFE, SHOWN, ON_DESTROY, REVOCATION, TARGET, PROTECTION])
.rules(&RULES_OF_IMPORTED)
.on_create(&[needs_key])
.on_change(&[replaced])
.modify_plan(|draft| {
    let told = ["raw_key", "raw_key_wo_version"];
    kept(draft, &told, &["raw_key", "raw_key_wo", "raw_key_wo_version", "ttl", "keepers"]);
})
.excludes(same_key)
.checked();

/// How it is reached.
pub static BACKEND: ImportedKeys = ImportedKeys;

/// The data source.
static LOOKUP: Lookup = lookup(&RESOURCE, "An API key that was imported into Ory Talos and is managed elsewhere, by its id.").without(&[
    "keepers",
    "renew_before",
    "renewal_due",
    "revocation_reason",
    "revocation_description",
    "on_destroy",
]);

static RAW: &[Attr] = &[
    string("raw_key", "The key, of at most 8192 bytes. Never read. Ory refuses a text that looks like a key that Ory Talos issues, or like a token derived from one.")
        .secret()
        .once()
        .replaces()
        .check(refuse(raw)),
    string("raw_key_wo", "The key, kept out of the state; with `raw_key_wo_version`.").write_only().at("raw_key").replaces().check(refuse(raw)),
    string("raw_key_wo_version", "Any text; a change imports `raw_key_wo` in place of the old key.").local().replaces(),
];

static ON_DESTROY: &[Attr] = &[string(
    "on_destroy",
    "What happens to the key when the resource is destroyed: `delete` (the default) deletes it, so that it can be imported again; `revoke` keeps its record, and the server refuses the key from then on.",
)
.local()
.check(only(&["delete", "revoke"]))];

static RULES_OF_IMPORTED: [Rule; 6] = [
    RULES[0],
    RULES[1],
    RULES[2],
    conflicts(&["raw_key", "raw_key_wo"]),
    requires(&["raw_key_wo", "raw_key_wo_version"]),
    rule(&["on_destroy", "revocation_reason"], reason_of_deletion),
];

/// How the keys are reached.
pub static KEYS: Keys = Keys { resource: &RESOURCE, path: talos::IMPORTED, items: "imported_api_keys" };

fn raw(key: &str) -> Result<(), String> {
    (1..=8192).contains(&key.len()).then_some(()).ok_or_else(|| "Must have at least one byte and at most 8192.".into())
}

fn reason_of_deletion(key: Object<'_>) -> Option<Problem> {
    (key.str("revocation_reason").is_some() && key.str("on_destroy") != Some("revoke")).then(|| {
        let detail = "A key that is deleted keeps no reason. Remove `revocation_reason`, or set `on_destroy = \"revoke\"`.";
        Problem::refused("revocation_reason", "The key is not revoked", detail)
    })
}

/// Checks that a new object has the key. One that was imported into the state does not have it.
fn needs_key(key: Object<'_>) -> Option<Problem> {
    (key.get("raw_key").is_null() && key.get("raw_key_wo").is_null() && key.get("raw_key_wo_version").is_null())
        .then(|| Problem::refused("raw_key", "There is no key to import", "Set `raw_key`, or `raw_key_wo` with `raw_key_wo_version`."))
}

/// Whether both may be the same key: the server holds each key only once.
fn same_key(before: Object<'_>, now: Object<'_>) -> bool {
    let same = |name: &str| before.get(name) == now.get(name);
    same("raw_key") && same("raw_key_wo_version")
}

/// Says why an unchanged key is replaced, and refuses to import a revoked key again.
fn replaced(before: Object<'_>, planned: Object<'_>) -> Option<Problem> {
    let (summary, why) = replacing(before, planned)?;
    let is_same = same_key(before, planned);
    if is_same && before.str("status") == Some("revoked") {
        let detail = format!(
            "{why} If the same key were imported again, it would work again. Set another `raw_key` (or `raw_key_wo` and `raw_key_wo_version`), or remove the resource from the configuration."
        );
        return Some(Problem::refused("raw_key", summary, detail));
    }
    if is_same && planned.str("on_destroy") == Some("revoke") {
        let detail = format!(
            "{why} The same key can be imported again only once it was deleted: set `on_destroy = \"delete\"` and apply that first, or set another `raw_key`."
        );
        return Some(Problem::refused("on_destroy", summary, detail));
    }
    Some(Problem::doubtful("renewal_due", summary, format!("{why} It is imported again.")))
}

/// The number of keys in one request, and its size in bytes: the server accepts 1000 keys, and 4 MiB.
const MOST: (usize, usize) = (1000, 2 << 20);
/// The time that the first key waits for others.
const COMPANY: Duration = Duration::from_millis(50);

/// Keys that were imported.
pub struct ImportedKeys;

#[async_trait]
impl Backend<Client> for ImportedKeys {
    async fn create(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        let planned = Object::new(&RESOURCE.table, &write.planned);
        let at = KEYS.at(cx, planned).await?;
        let attempt = cx.attempt(write, at.account(cx), Makes::TheObject);
        let begun = attempt.begun.as_ref().filter(|begun| begun.chosen).map(|begun| begun.id.clone());
        let request_id = begun.clone().unwrap_or_else(|| uuid::Uuid::new_v4().to_string());
        cx.begin_chosen(&attempt, &request_id);
        let mut body = KEYS.body(write);
        body.put("request_id", request_id.as_str().into());
        let made = match begun {
            // If an earlier run that died sent this key alone, the server repeats its answer; if it sent it with others, the
            // key exists already.
            Some(_) => alone(cx, &at, &body).await,
            None => together(cx, &at, body).await,
        };
        let observed = made.map_err(|error| maybe_left(&RESOURCE, None, error))?;
        if let Err(why) = lasts(&RESOURCE, &observed.value, planned.str("renew_before")) {
            let state = State { id: Some(observed.id), value: write.planned.clone(), private: write.private.clone() };
            KEYS.delete(cx, &state).await?;
            return Err(why.into());
        }
        Ok(observed)
    }

    async fn read(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<Option<Observed>, Failure> {
        KEYS.read(cx, state).await
    }

    async fn update(&self, cx: &Cx<Client>, write: &Write) -> Result<Observed, Failure> {
        KEYS.update(cx, write).await
    }

    async fn delete(&self, cx: &Cx<Client>, _: &'static Resource, state: &State) -> Result<(), Failure> {
        match Object::new(&RESOURCE.table, &state.value).str("on_destroy") {
            Some("revoke") => KEYS.revoke_stored(cx, state).await,
            _ => KEYS.delete(cx, state).await,
        }
    }

    async fn list(&self, cx: &Cx<Client>, wanted: &Wanted<'_>, objects: &Objects) -> Result<(), Failure> {
        KEYS.list(cx, wanted, objects).await
    }
}

/// Imports the key together with others that are imported at the same time.
async fn together(cx: &Cx<Client>, at: &Endpoint, body: Json) -> Result<Observed, SendError> {
    let importers = cx.client.importers.at(at.door());
    let mut ticket = importers.join(body.clone());
    let (mut count, mut bytes, mut seen) = (0, 0, HashSet::new());
    let goes = |item: &Json| {
        (count, bytes) = (count + 1, bytes + item.to_string().len());
        // Equal keys do not go into one request, so that each gets its own result.
        count <= MOST.0 && (bytes <= MOST.1 || count == 1) && seen.insert(item.at("raw_key").as_str().unwrap_or_default().to_owned())
    };
    let stopped = |done| {
        let detail = "The key was waiting to be imported together with others. Refresh before the next apply.";
        Err(SendError { done, status: None, diagnostic: Diagnostic::error("Stopped", detail) })
    };
    match ticket.turn(COMPANY, goes, cx.stopped()).await {
        Turn::Over(outcome) => outcome,
        Turn::Stopped => stopped(Done::No),
        Turn::Lost => stopped(Done::Maybe),
        Turn::Send(batch) => {
            let items: Vec<Json> = batch.items().cloned().collect();
            let outcomes = many(cx, at, &items).await;
            let own = items.iter().position(|item| item.at("request_id") == body.at("request_id"));
            let own = own.and_then(|own| outcomes.get(own).cloned()).unwrap_or_else(|| stopped(Done::Maybe));
            batch.tell(outcomes);
            own
        }
    }
}

/// Imports all of these, and returns the result of each.
async fn many(cx: &Cx<Client>, at: &Endpoint, items: &[Json]) -> Vec<Result<Observed, SendError>> {
    if let [only] = items {
        return vec![alone(cx, at, only).await];
    }
    let began = Instant::now();
    let request = Request::new(Method::POST, talos::BATCH_CREATE).body(Json::object([("requests", items.iter().cloned().collect())]));
    let sent = at.send(cx, &TALOS, request.hiding(items.iter().flat_map(hidden).collect()).once()).await;
    let told = match sent {
        Ok(reply) if reply.is_success() => results(&reply, items.len()),
        // Each may have failed for another reason.
        Ok(reply) if matches!(reply.status, 400 | 409) => {
            let mut told = Vec::new();
            for item in items {
                told.push(alone(cx, at, item).await);
            }
            return told;
        }
        Ok(reply) => Err(TALOS.refuse(&reply)),
        Err(error) => Err(error),
    };
    match told {
        Ok(told) => told,
        Err(error) if error.done == Done::No => items.iter().map(|_| Err(error.clone())).collect(),
        // They may have been imported.
        Err(_) => {
            let mut told = Vec::new();
            for item in items {
                told.push(lost(cx, at, item, began).await);
            }
            told
        }
    }
}

/// The result of each key, from the answer to a batch.
fn results(reply: &Reply, count: usize) -> Result<Vec<Result<Observed, SendError>>, SendError> {
    let body = TALOS.json(reply)?;
    let found = body.at("results").as_array().filter(|found| found.len() == count);
    let found = found.ok_or_else(|| TALOS.unreadable(reply, "`results` does not have a result for each key"))?;
    let told = found.iter().map(|result| match result.at("imported_api_key") {
        key @ Json::Object(_) => KEYS.observe(reply, key, None),
        _ => Err(refused(reply, result)),
    });
    Ok(told.collect())
}

/// The error of a key that was refused in a batch.
fn refused(reply: &Reply, result: &Json) -> SendError {
    let said = |name: &str| reply.scrub(result.at(name).as_str().unwrap_or_default()).unwrap_or_default();
    let (code, why) = (said("error_code"), said("error_message"));
    let exists = code.ends_with("_ALREADY_EXISTS");
    let next = match exists {
        true => {
            "The server has this key already, and it may be revoked. To manage it, import it by its `key_id`; or delete it first, and then apply again."
        }
        false => "Correct the configuration and apply again.",
    };
    let summary = if exists { "The object exists already".to_owned() } else { format!("{} refused the request", TALOS.name) };
    let detail = format!("{} answered about this key: {why} ({code})\n\n{next}", reply.asked);
    SendError { done: Done::No, status: Some(if exists { 409 } else { 400 }), diagnostic: Diagnostic::error(summary, detail) }
}

/// Imports the key by a separate request, which can be repeated: its id identifies it.
async fn alone(cx: &Cx<Client>, at: &Endpoint, item: &Json) -> Result<Observed, SendError> {
    let request = Request::new(Method::POST, talos::IMPORTED).body(item.clone()).hiding(hidden(item));
    let reply = at.send(cx, &TALOS, request).await?;
    match reply.is_success() {
        true => KEYS.observe(&reply, &TALOS.json(&reply)?, None),
        false => Err(TALOS.refuse(&reply)),
    }
}

/// Finds out about a key whose answer was lost. With the key, the server can be asked for it, and its creation time shows
/// whether this request made it.
async fn lost(cx: &Cx<Client>, at: &Endpoint, item: &Json, began: Instant) -> Result<Observed, SendError> {
    let credential = Json::object([("credential", item.at("raw_key").clone())]);
    let reply = at.send(cx, &TALOS, Request::new(Method::POST, talos::VERIFY).body(credential).hiding(hidden(item))).await?;
    let id = reply.json().and_then(|body| body.at("key_id").as_str().filter(|id| !id.is_empty()).map(str::to_owned));
    if let Some(id) = id
        && let Some((found, reply)) = KEYS.get(cx, at, &id).await?
    {
        let key = Object::new(&RESOURCE.table, &found.value);
        let is_same = ["name", "actor_id"].iter().all(|name| key.str(name) == item.at(*name).as_str());
        let since = due::server_now(&reply) - i128::try_from(began.elapsed().as_nanos()).unwrap_or_default();
        if is_same && key.str("create_time").and_then(instant::parse).is_some_and(|made| made >= since) {
            return Ok(found);
        }
    }
    // A key that exists may be ours or somebody else's.
    alone(cx, at, item).await.map_err(|error| SendError { done: Done::Maybe, ..error })
}

/// The parts of a request that must not be shown in an error.
fn hidden(item: &Json) -> Vec<String> {
    item.at("raw_key").as_str().map(str::to_owned).into_iter().collect()
}

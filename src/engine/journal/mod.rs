//! The journal: a record of objects that are about to be created, for the next process.
//!
//! Before a request that creates something is sent, an intent is recorded: the resource, the service and the account, the id or
//! name, and a fingerprint of the plan; never a secret. If the process crashes, its record stays, and the next write of the same
//! object completes the create. An object that a tool was told of and that no state has shown since may be in another state: it is
//! reported, never taken over. This file does not decide whether an existing object is the recorded one; it provides what that
//! decision needs. Knows no server.

mod dir;
#[cfg(test)]
mod tests;

use super::Diagnostic;
use crate::{
    schema::{Attr, Kind, Object, Resource, Table, json},
    value::{Json, Value},
};
use aws_lc_rs::{
    hmac::{self, HMAC_SHA256},
    rand,
};
use dir::{Dir, Life, Lock};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    io,
    path::PathBuf,
    sync::{Mutex, PoisonError},
};

/// Objects that states have shown are recorded as over in groups of this size.
const COMPANY: usize = 1_000;
/// A record with at most this many lines is never rewritten.
const MOSTLY: usize = 64;
/// The beginning of a name that the record contains only as a hash.
const SECRET: &str = "secret-";

/// A create that a write was about to make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The resource's name.
    pub resource: String,
    /// The URL of the service.
    pub target: String,
    /// The account there: a keyed hash of the URL and the credentials.
    #[serde(default)]
    account: String,
    /// The planned id or, if the server chooses the id, the text that finds the object. If nothing names the object, or if the tool
    /// keeps its name secret, a text that the journal chooses.
    pub id: String,
    /// A keyed hash of the plan ([`Journal::fingerprint`]).
    pub fingerprint: String,
    /// The progress of the create.
    pub stage: Stage,
    /// Whether only the server's answer identifies the object.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nameless: bool,
    /// Whether the provider chose the id at random, so that an object with this id was created by the provider.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub chosen: bool,
    /// The result of the look before the create.
    #[serde(default)]
    pub looked: Looked,
    /// The process: the name of the file that it holds locked.
    owner: String,
}

/// The progress of a create.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It was about to be sent; the tool does not know the object.
    Begun,
    /// The tool was told of the object.
    Answered,
    /// A state has shown the object, or the object certainly does not exist.
    Over,
}

/// The result of a look at the server before a create.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Looked {
    /// Nobody looked, or the object has no name.
    #[default]
    Not,
    /// No such object existed at this time, in seconds since 1970 by the server's clock, if the server sends its time.
    Missing(Option<i64>),
}

/// A service and an account on it: in one account, the same id means the same object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Account {
    /// The URL of the service.
    pub url: String,
    /// The keyed hash of the URL and the credentials.
    hash: String,
}

/// The text that finds an object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name {
    /// The name.
    pub text: String,
    /// Whether the tool keeps it secret, so that the record contains only a keyed hash of it.
    pub secret: bool,
}

impl Name {
    /// A name that may be recorded as it is.
    pub fn plain(text: impl Into<String>) -> Name {
        Name { text: text.into(), secret: false }
    }
}

/// What an intent must match.
#[derive(Clone, Copy)]
pub struct Sought<'a> {
    /// The resource's name.
    pub resource: &'a str,
    /// The service and the account.
    pub account: &'a Account,
    /// The fingerprint of the plan.
    pub fingerprint: &'a str,
}

/// The record, and this process's knowledge of it.
#[derive(Default)]
pub struct Journal {
    dir: Option<Dir>,
    book: Mutex<Book>,
}

impl Drop for Journal {
    fn drop(&mut self) {
        self.settle();
    }
}

/// Intents by resource and id; one for each account, since the same id on two servers means two objects.
type ById = HashMap<(String, String), Vec<Intent>>;

/// Intents that are not over.
#[derive(Default)]
struct Intents {
    /// Those of this process. There is one for each create of a run, and none of them was left by a crash.
    own: ById,
    /// Those that the record had when it was read: the only ones in which a create looks for what a crash left.
    others: ById,
    /// Whether one of them had a secret name.
    has_secret_names: bool,
}

impl Intents {
    fn all(&self) -> impl Iterator<Item = &Intent> + Clone {
        self.own().chain(self.others())
    }

    fn own(&self) -> impl Iterator<Item = &Intent> + Clone {
        self.own.values().flatten()
    }

    fn others(&self) -> impl Iterator<Item = &Intent> + Clone {
        self.others.values().flatten()
    }

    fn is_empty(&self) -> bool {
        self.own.is_empty() && self.others.is_empty()
    }

    /// The number of ids, of which few have several intents.
    fn ids(&self) -> usize {
        self.own.len() + self.others.len()
    }

    /// Adds an intent of this process, or replaces an earlier one of the same object.
    fn put_own(&mut self, intent: Intent) {
        self.take_out(&intent);
        self.has_secret_names |= add(&mut self.own, intent);
    }

    /// Adds an intent of the record, or replaces an earlier one of the same object.
    fn put_other(&mut self, intent: Intent) {
        self.take_out(&intent);
        self.has_secret_names |= add(&mut self.others, intent);
    }

    /// Removes the intent of the same object, whoever made it.
    fn take_out(&mut self, intent: &Intent) {
        let key = (intent.resource.clone(), intent.id.clone());
        for intents in [&mut self.own, &mut self.others] {
            if let Some(of_id) = intents.get_mut(&key) {
                of_id.retain(|other| (&other.target, &other.account) != (&intent.target, &intent.account));
                if of_id.is_empty() {
                    intents.remove(&key);
                }
            }
        }
    }

    /// The intents with this id, in all accounts.
    fn of(&self, resource: &str, id: &str) -> impl Iterator<Item = &Intent> {
        let key = (resource.to_owned(), id.to_owned());
        [self.own.get(&key), self.others.get(&key)].into_iter().flatten().flatten()
    }
}

/// Adds an intent unless it is over. Returns whether its name is secret.
fn add(intents: &mut ById, intent: Intent) -> bool {
    let is_secret = intent.id.starts_with(SECRET);
    if intent.stage != Stage::Over {
        intents.entry((intent.resource.clone(), intent.id.clone())).or_default().push(intent);
    }
    is_secret
}

#[derive(Default)]
struct Book {
    /// Whether the record was read.
    is_read: bool,
    /// The lock that shows that this process runs, from its first record on.
    life: Option<Life>,
    key: Option<hmac::Key>,
    /// The intents that are not over: those in the record when it was read, and those of this process since then.
    open: Intents,
    /// Intents that wait until a group is recorded.
    waiting: Vec<Intent>,
    /// The number of lines of the record when it was read.
    lines: usize,
    /// The length of the record up to which this process knows its content.
    known: u64,
    /// Why something could not be recorded, until the user is told.
    trouble: Option<String>,
    told: bool,
}

impl Journal {
    /// A journal in this directory, which need not exist. Nothing is read or written before it is needed.
    pub fn in_dir(dir: PathBuf) -> Journal {
        Journal { dir: Some(Dir::at(dir)), book: Mutex::default() }
    }

    /// A journal without a directory, although there should be one; the user is told why.
    pub fn nowhere(why: impl Into<String>) -> Journal {
        Journal { dir: None, book: Mutex::new(Book { trouble: Some(why.into()), ..Book::default() }) }
    }

    /// The account with these credentials at this URL.
    pub fn account(&self, url: &str, credentials: &[u8]) -> Account {
        Account { url: url.to_owned(), hash: self.hash(&[url.as_bytes(), credentials]) }
    }

    /// The fingerprint of a plan, without secrets and values that the server decides: two writes with the same fingerprint create
    /// the same object.
    pub fn fingerprint(&self, resource: &'static Resource, planned: &Value) -> String {
        let fields = told(&resource.table, planned);
        self.hash(&[resource.name.as_bytes(), fields.canonical().as_bytes()])
    }

    /// Records that an object is about to be created. Without a name, the journal chooses one. Returns the name in the journal.
    pub fn begin(&self, sought: Sought<'_>, name: Option<&Name>, chosen: bool, looked: Looked) -> String {
        let id = match name {
            Some(name) => self.written(name),
            None => format!("nameless-{}", uuid::Uuid::new_v4().simple()),
        };
        let intent = Intent {
            resource: sought.resource.to_owned(),
            target: sought.account.url.clone(),
            account: sought.account.hash.clone(),
            id: id.clone(),
            fingerprint: sought.fingerprint.to_owned(),
            stage: Stage::Begun,
            nameless: name.is_none(),
            chosen,
            looked,
            owner: String::new(),
        };
        self.with(|book, dir| book.note(dir, vec![intent]));
        id
    }

    /// The create that a crashed process left unfinished: one that matches, with this name if there is one, and in one of these
    /// stages. It belongs to this process from now on.
    pub fn unfinished(&self, sought: Sought<'_>, name: Option<&Name>, stages: &[Stage]) -> Option<Intent> {
        let id = name.map(|name| self.written(name));
        self.with(|book, dir| {
            let dir = dir?;
            let is_meant = |intent: &&Intent| {
                stages.contains(&intent.stage)
                    && !intent.nameless
                    && intent.is_like(sought)
                    && id.as_ref().is_none_or(|id| *id == intent.id)
                    && dir.is_dead(&intent.owner)
            };
            let found: Vec<Intent> = book.open.others().filter(is_meant).cloned().collect();
            found.into_iter().find_map(|intent| book.claim(dir, intent))
        })
    }

    /// The matching objects that a tool was told of and that no state has shown since, or that have no name.
    pub fn unseen(&self, sought: Sought<'_>) -> Vec<Intent> {
        let is_meant = |intent: &&Intent| (intent.stage == Stage::Answered || intent.nameless) && intent.is_like(sought);
        self.with(|book, dir| book.open.others().filter(is_meant).filter(|intent| intent.is_left(dir)).cloned().collect())
    }

    /// Records that the tool is about to be told of the object that this process creates under this name.
    pub fn answered(&self, resource: &str, called: &str) {
        self.reach(resource, &[called.to_owned()], Stage::Answered, |intent, own| intent.owner == own);
    }

    /// Records that the object of this process with this name certainly does not exist.
    pub fn refused(&self, resource: &str, called: &str) {
        self.reach(resource, &[called.to_owned()], Stage::Over, |intent, own| intent.owner == own);
    }

    /// Records that a state contains objects with these ids and names. Their server is not known here, so that an intent that a
    /// crashed process has only begun stays: no state can contain its object, unless the object was imported.
    pub fn seen(&self, resource: &str, names: impl FnOnce() -> Vec<String>, imported: bool) {
        // Usually the record is empty; then no name is copied. Names are hashed only where that can find something.
        let (is_empty, has_secret_names) = self.with(|book, _| (book.open.is_empty(), book.open.has_secret_names));
        if is_empty {
            return;
        }
        let mut names = names();
        if has_secret_names {
            names.extend(names.clone().into_iter().map(|text| self.written(&Name { text, secret: true })));
        }
        self.with(|book, dir| {
            let over =
                book.of(resource, &names, Stage::Over, |intent, own| imported || intent.stage == Stage::Answered || intent.owner == own);
            book.note_later(dir, over);
        });
    }

    /// Records the waiting intents. Without this call, the next run finds out again that they are over.
    pub fn settle(&self) {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if !book.waiting.is_empty() {
            book.note(self.dir.as_ref(), Vec::new());
        }
    }

    /// Records that the tool's run has ended normally, so that its state contains every object that it was told of.
    pub fn ended(&self) {
        self.with(|book, dir| {
            let told: Vec<_> = book.open.own().filter(|intent| intent.stage == Stage::Answered).cloned().collect();
            book.note(dir, told.into_iter().map(|intent| Intent { stage: Stage::Over, ..intent }).collect());
        });
    }

    /// Removes an entry after somebody has dealt with it.
    pub fn forget(&self, resource: &str, called: &str) {
        self.reach(resource, &[called.to_owned()], Stage::Over, |_, _| true);
    }

    /// The entries that ended processes left, by resource and id. Changes nothing.
    pub fn left(&self) -> Vec<Intent> {
        let mut left: Vec<_> = self.with(|book, dir| book.open.others().filter(|intent| intent.is_left(dir)).cloned().collect());
        left.sort_by(|left, right| (&left.resource, &left.id).cmp(&(&right.resource, &right.id)));
        left
    }

    /// A warning, once, if creates could not be recorded.
    pub fn complaint(&self) -> Option<Diagnostic> {
        let why = self.with(|book, _| if book.told { None } else { book.trouble.take().inspect(|_| book.told = true) })?;
        Some(Diagnostic::warning(
            "The journal of creates cannot be written",
            format!(
                "The provider records what it is about to make, so that the next run can finish what a crashed run began. This journal cannot be written: {why}. Everything works without it, but after a crash there may be an object that is in no state. Make the directory writable, or set JANIFORM_STATE_DIR to another one."
            ),
        ))
    }

    fn reach(&self, resource: &str, names: &[String], stage: Stage, meant: impl Fn(&Intent, &str) -> bool) {
        self.with(|book, dir| {
            let reached = book.of(resource, names, stage, meant);
            if !reached.is_empty() {
                book.note(dir, reached);
            }
        });
    }

    /// The name in the form of the record.
    fn written(&self, name: &Name) -> String {
        match name.secret {
            true => format!("{SECRET}{}", &self.hash(&[name.text.as_bytes()])[..32]),
            false => name.text.clone(),
        }
    }

    /// A hash of the parts, which is useless without this record's key.
    fn hash(&self, parts: &[&[u8]]) -> String {
        let text = parts.iter().flat_map(|part| [&(part.len() as u64).to_be_bytes(), *part].concat()).collect::<Vec<_>>();
        let hash = self.with(|book, dir| hmac::sign(book.key(dir), &text));
        let digit = |number: u8| char::from_digit(number.into(), 16).unwrap_or_default();
        hash.as_ref().iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 15)]).collect()
    }

    fn with<T>(&self, work: impl FnOnce(&mut Book, Option<&Dir>) -> T) -> T {
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        if let (Some(dir), false) = (&self.dir, book.is_read) {
            book.is_read = true;
            book.read(dir);
        }
        work(&mut book, self.dir.as_ref())
    }
}

impl Intent {
    fn is_like(&self, sought: Sought<'_>) -> bool {
        self.resource == sought.resource && self.account == sought.account.hash && self.fingerprint == sought.fingerprint
    }

    fn is_left(&self, dir: Option<&Dir>) -> bool {
        dir.is_some_and(|dir| dir.is_dead(&self.owner))
    }
}

impl Book {
    /// Reads the record.
    fn read(&mut self, dir: &Dir) {
        match dir.read() {
            Ok((lines, known)) => {
                (self.lines, self.known) = (lines.len(), known);
                lines.into_iter().for_each(|intent| self.open.put_other(intent));
            }
            Err(error) => self.complain(dir, &error),
        }
    }

    /// The matching intents with these names, moved to this stage.
    fn of(&self, resource: &str, names: &[String], stage: Stage, meant: impl Fn(&Intent, &str) -> bool) -> Vec<Intent> {
        let own = self.life.as_ref().map(Life::name).unwrap_or_default();
        let of_names = names.iter().flat_map(|name| self.open.of(resource, name));
        of_names.filter(|intent| meant(intent, &own)).cloned().map(|intent| Intent { stage, ..intent }).collect()
    }

    /// Records the waiting intents and these. If that fails, only the recovery after a crash is lost.
    fn note(&mut self, dir: Option<&Dir>, intents: Vec<Intent>) {
        let mut intents: Vec<_> = std::mem::take(&mut self.waiting).into_iter().chain(intents).collect();
        let Some(dir) = dir.filter(|_| !intents.is_empty()) else {
            return intents.into_iter().for_each(|intent| self.open.put_own(intent));
        };
        let written = self.writing(dir).and_then(|(lock, owner)| {
            intents.iter_mut().for_each(|intent| intent.owner.clone_from(&owner));
            // The record without them says the same as one in which they are over.
            let is_left_out =
                intents.iter().all(|intent| intent.stage == Stage::Over) && self.is_mostly_over() && self.knows_all(dir, &lock)?;
            if !is_left_out {
                self.known += dir.append(&lock, &intents)?;
            }
            Ok(lock)
        });
        intents.into_iter().for_each(|intent| self.open.put_own(intent));
        if let Err(error) = written.and_then(|lock| self.tidy(dir, &lock)) {
            self.complain(dir, &error);
        }
    }

    /// Records intents that are over, in groups: without them, no object is created again.
    fn note_later(&mut self, dir: Option<&Dir>, over: Vec<Intent>) {
        over.iter().for_each(|intent| self.open.take_out(intent));
        self.waiting.extend(over);
        if self.waiting.len() >= COMPANY {
            self.note(dir, Vec::new());
        }
    }

    /// Makes an intent of a crashed process this process's own, unless another process was faster.
    fn claim(&mut self, dir: &Dir, intent: Intent) -> Option<Intent> {
        let (lock, owner) = self.writing(dir).ok()?;
        let mut now = Intents::default();
        let (lines, _) = dir.read().ok()?;
        lines.into_iter().for_each(|intent| now.put_other(intent));
        let is_free = now.of(&intent.resource, &intent.id).any(|other| *other == intent);
        let ours = Intent { owner, ..intent };
        let claimed = is_free && dir.append(&lock, std::slice::from_ref(&ours)).is_ok();
        // Other processes may have written lines that this one has not read.
        self.known = 0;
        self.open.put_own(ours.clone());
        if let Err(error) = self.tidy(dir, &lock) {
            self.complain(dir, &error);
        }
        claimed.then_some(ours)
    }

    /// The lock for writing, and the name of this process.
    fn writing(&mut self, dir: &Dir) -> io::Result<(Lock, String)> {
        let lock = dir.lock()?;
        let owner = match &self.life {
            Some(life) => life.name(),
            None => {
                let life = dir.live(&lock)?;
                let name = life.name();
                self.life = Some(life);
                name
            }
        };
        Ok((lock, owner))
    }

    /// Whether most of the record, as it was when it was read, is over.
    fn is_mostly_over(&self) -> bool {
        self.lines > 2 * self.open.ids() + MOSTLY
    }

    /// Whether no other process has written since this one read or wrote.
    fn knows_all(&self, dir: &Dir, lock: &Lock) -> io::Result<bool> {
        Ok(dir.len(lock)? == self.known)
    }

    /// Rewrites a record in which most intents are over.
    fn tidy(&mut self, dir: &Dir, lock: &Lock) -> io::Result<()> {
        if !self.is_mostly_over() {
            return Ok(());
        }
        self.lines = 0;
        if self.knows_all(dir, lock)? {
            self.known = dir.rewrite(lock, self.open.all())?;
        } else {
            let mut now = Intents::default();
            dir.read()?.0.into_iter().for_each(|intent| now.put_other(intent));
            dir.rewrite(lock, now.all())?;
            self.known = 0;
        }
        Ok(())
    }

    /// The key of this record; without a record, a key of this process.
    fn key(&mut self, dir: Option<&Dir>) -> &hmac::Key {
        if self.key.is_none() {
            let shared = dir.and_then(|dir| match dir.lock().and_then(|lock| dir.key(&lock)) {
                Ok(key) => Some(key),
                Err(error) => {
                    self.complain(dir, &error);
                    None
                }
            });
            let key = shared.unwrap_or_else(|| {
                let mut own = [0; 32];
                // Without random numbers, hashes still distinguish values.
                let _ = rand::fill(&mut own);
                own
            });
            self.key = Some(hmac::Key::new(HMAC_SHA256, &key));
        }
        self.key.get_or_insert_with(|| hmac::Key::new(HMAC_SHA256, &[]))
    }

    fn complain(&mut self, dir: &Dir, error: &io::Error) {
        tracing::debug!(error = %error, "the journal cannot be used");
        self.trouble.get_or_insert_with(|| format!("in {}, {error}", dir.path()));
    }
}

/// The members of an object that are known and not secret, at any depth.
fn told(table: &Table, value: &Value) -> Json {
    let is_told = |(attr, value): &(&Attr, &Value)| !attr.secret && !attr.write_only && !value.has_unknown() && !value.is_null();
    let members = Object::new(table, value).iter().filter(is_told);
    Json::object(members.map(|(attr, value)| (attr.name, told_kind(&attr.kind, value))))
}

fn told_kind(kind: &Kind, value: &Value) -> Json {
    match (kind, value) {
        (Kind::Object(nested), Value::Object(_)) => told(&nested.table, value),
        (Kind::List(of), Value::List(items)) => items.iter().map(|item| told_kind(of, item)).collect(),
        (Kind::Map(of), Value::Map(members)) => Json::object(members.iter().map(|(key, item)| (key, told_kind(of, item)))),
        _ => json::kind_to_json(kind, value),
    }
}

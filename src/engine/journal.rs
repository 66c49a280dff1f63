//! Creates that were begun, written down where the next process finds them.
//!
//! Before a create is sent, its intent is recorded: what is made, where, under which id, and a fingerprint of
//! what was planned; never a secret. A process that dies leaves its record, and the next create of the same
//! finishes what was begun. What a server answered and no state has shown since may be in another state: it is
//! named, never taken over. All processes share one file; each holds the lock of a file of its own for as long as
//! it lives, so that those of dead ones can be told. Knows no server.

use crate::{
    schema::{Object, Resource, json},
    value::{Json, Value},
};
use aws_lc_rs::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};
use std::{
    collections::HashMap,
    fs::{self, File, OpenOptions},
    io::{self, BufRead, BufReader, Seek, Write},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};
use tempfile::NamedTempFile;

/// A create that was begun.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Intent {
    /// The resource's name.
    pub resource: String,
    /// The URL of the service.
    pub target: String,
    /// The id that the object was to get, or by what it is found where the server chooses that; of one that nothing
    /// names, a word of our own.
    pub id: String,
    /// What was planned, as [`fingerprint`] has it.
    pub fingerprint: String,
    /// How far it came.
    pub stage: Stage,
    /// Whether nothing but the server's answer tells which object it is.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nameless: bool,
    /// Whose it is: the name of the file that the process holds locked.
    owner: String,
}

/// How far a create came.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// It was about to be sent; nobody was told of the object.
    Begun,
    /// The tool was told of the object.
    Answered,
    /// A state has shown the object, or it is known not to exist.
    Over,
}

/// What the object is to be, without its secrets and what the server decides: two creates of one fingerprint
/// make the same.
pub fn fingerprint(resource: &'static Resource, planned: &Value) -> String {
    let told =
        |(attr, value): &(&crate::schema::Attr, &Value)| !attr.secret && !attr.write_only && !value.has_unknown() && !value.is_null();
    let fields = Object::new(&resource.table, planned).iter().filter(told);
    let fields: Json = fields.map(|(attr, value)| Json::from_iter([attr.name.into(), json::kind_to_json(&attr.kind, value)])).collect();
    digest(&SHA256, fields.to_string().as_bytes()).as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The record, as far as this process has to know it.
#[derive(Default)]
pub struct Journal {
    dir: Option<PathBuf>,
    book: Mutex<Option<Book>>,
}

/// By resource and id: of each server one, as the same id on two servers is two objects.
#[derive(Default)]
struct Intents(HashMap<(String, String), Vec<Intent>>);

impl Intents {
    fn all(&self) -> impl Iterator<Item = &Intent> {
        self.0.values().flatten()
    }

    /// The last word on an object counts.
    fn put(&mut self, intent: Intent) {
        let of_id = self.0.entry((intent.resource.clone(), intent.id.clone())).or_default();
        of_id.retain(|other| other.target != intent.target);
        if intent.stage != Stage::Over {
            of_id.push(intent);
        }
    }

    /// Those of this id, wherever they are.
    fn of(&self, resource: &str, id: &str) -> &[Intent] {
        // Most objects were never in it, and looking one up needs no copy of its name then.
        if self.0.is_empty() { &[] } else { self.0.get(&(resource.to_owned(), id.to_owned())).map_or(&[], Vec::as_slice) }
    }
}

#[derive(Default)]
struct Book {
    /// The shared file; `None` until there is something to write.
    file: Option<File>,
    /// Held locked while this process lives.
    life: Option<NamedTempFile>,
    /// What is not over, as of when it was read, and what this process has begun since.
    open: Intents,
}

impl Journal {
    /// A record in this directory, which need not exist. Nothing is read or written before it is needed.
    pub fn in_dir(dir: PathBuf) -> Journal {
        Journal { dir: Some(dir), book: Mutex::default() }
    }

    /// Records that a create is about to be sent, of what has this id or name; one that nothing names gets a word of
    /// our own. What it is called here, where there is a record.
    pub fn begin(&self, resource: &str, target: &str, id: Option<&str>, fingerprint: &str) -> Option<String> {
        let (nameless, id) = (id.is_none(), id.map_or_else(|| format!("nameless-{}", uuid::Uuid::new_v4().simple()), str::to_owned));
        let [resource, target, fingerprint] = [resource, target, fingerprint].map(str::to_owned);
        let intent = Intent { resource, target, id: id.clone(), fingerprint, stage: Stage::Begun, nameless, owner: String::new() };
        self.with(|book, dir| book.note(dir, intent)).map(|()| id)
    }

    /// The id of such a create that a dead process has begun and nobody was told of; of this id, where one is
    /// given. It is this process' from now on.
    pub fn unfinished(&self, resource: &str, target: &str, fingerprint: &str, id: Option<&str>) -> Option<String> {
        self.with(|book, dir| {
            let is_same = |intent: &&Intent| {
                let begun = intent.stage == Stage::Begun && !intent.nameless;
                begun && intent.is_like(resource, target, fingerprint) && id.is_none_or(|id| id == intent.id)
            };
            let found: Vec<Intent> = book.open.all().filter(is_same).filter(|intent| is_dead(dir, &intent.owner)).cloned().collect();
            found.into_iter().find_map(|intent| book.claim(dir, intent))
        })?
    }

    /// Such objects that a tool was told of and that no state has shown since, or that nothing names.
    pub fn unseen(&self, resource: &str, target: &str, fingerprint: &str) -> Vec<Intent> {
        let is_same =
            |intent: &&Intent| (intent.stage == Stage::Answered || intent.nameless) && intent.is_like(resource, target, fingerprint);
        let intents =
            |book: &mut Book, dir: &Path| book.open.all().filter(is_same).filter(|intent| is_dead(dir, &intent.owner)).cloned().collect();
        self.with(intents).unwrap_or_default()
    }

    /// The tool is about to be told of the object that this process made.
    pub fn answered(&self, resource: &str, id: &str) {
        self.reach(resource, id, Stage::Answered, |intent, own| intent.owner == own);
    }

    /// The object that this process was about to make is known not to exist.
    pub fn refused(&self, resource: &str, id: &str) {
        self.reach(resource, id, Stage::Over, |intent, own| intent.owner == own);
    }

    /// A state shows an object of this id. Which server's is not known here, so that what a dead process has only
    /// begun stays: no state can show it, but one into which it was imported.
    pub fn seen(&self, resource: &str, id: &str, imported: bool) {
        self.reach(resource, id, Stage::Over, |intent, own| imported || intent.stage == Stage::Answered || intent.owner == own);
    }

    /// Somebody has seen to it.
    pub fn forget(&self, resource: &str, id: &str) {
        self.reach(resource, id, Stage::Over, |_, _| true);
    }

    /// What dead processes left, by resource and id.
    pub fn left(&self) -> Vec<Intent> {
        let dead = |book: &mut Book, dir: &Path| book.open.all().filter(|intent| is_dead(dir, &intent.owner)).cloned().collect();
        let mut left: Vec<_> = self.with(dead).unwrap_or_default();
        left.sort_by(|left, right| (&left.resource, &left.id).cmp(&(&right.resource, &right.id)));
        left
    }

    fn reach(&self, resource: &str, id: &str, stage: Stage, meant: impl Fn(&Intent, &str) -> bool) {
        self.with(|book, dir| {
            let own = book.life.as_ref().and_then(life_name).unwrap_or_default();
            let reached: Vec<_> = book.open.of(resource, id).iter().filter(|intent| meant(intent, &own)).cloned().collect();
            reached.into_iter().for_each(|intent| book.note(dir, Intent { stage, ..intent }));
        });
    }

    fn with<T>(&self, work: impl FnOnce(&mut Book, &Path) -> T) -> Option<T> {
        let dir = self.dir.as_deref()?;
        let mut book = self.book.lock().unwrap_or_else(PoisonError::into_inner);
        Some(work(book.get_or_insert_with(|| Book::read(dir)), dir))
    }
}

impl Intent {
    fn is_like(&self, resource: &str, target: &str, fingerprint: &str) -> bool {
        self.resource == resource && self.target == target && self.fingerprint == fingerprint
    }
}

impl Book {
    /// What the record says. One that is mostly of the past is written anew.
    fn read(dir: &Path) -> Book {
        let mut book = Book::default();
        let Ok(mut file) = OpenOptions::new().read(true).append(true).open(dir.join(FILE)) else { return book };
        if file.lock().is_ok() {
            let (open, lines) = read(&mut file);
            if lines > 2 * open.all().count() + 64 {
                let anew: Vec<u8> = open.all().flat_map(line).collect();
                let _ = file.set_len(0).and_then(|()| file.write_all(&anew));
            }
            book.open = open;
            let _ = file.unlock();
        }
        book.file = Some(file);
        book
    }

    /// Writes the intent down. Without a record nothing is lost but the way back after a crash.
    fn note(&mut self, dir: &Path, mut intent: Intent) {
        let written = self.owner(dir).and_then(|owner| {
            intent.owner = owner;
            let file = self.file(dir)?;
            file.lock_shared()?;
            let written = file.write_all(&line(&intent));
            file.unlock()?;
            written
        });
        if let Err(error) = written {
            tracing::debug!(error = %error, "the journal cannot be written");
        }
        self.open.put(intent);
    }

    /// Makes a dead process' intent ours, unless another process was faster; its id.
    fn claim(&mut self, dir: &Path, intent: Intent) -> Option<String> {
        let owner = self.owner(dir).ok()?;
        let file = self.file(dir).ok()?;
        file.lock().ok()?;
        let is_free = read(file).0.of(&intent.resource, &intent.id).contains(&intent);
        let ours = Intent { owner, ..intent };
        let claimed = is_free && file.write_all(&line(&ours)).is_ok();
        file.unlock().ok()?;
        self.open.put(ours.clone());
        claimed.then_some(ours.id)
    }

    fn file(&mut self, dir: &Path) -> io::Result<&mut File> {
        if self.file.is_none() {
            let mut options = OpenOptions::new();
            options.read(true).append(true).create(true);
            #[cfg(unix)]
            std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
            self.file = Some(options.open(dir.join(FILE))?);
        }
        self.file.as_mut().ok_or_else(|| io::ErrorKind::NotFound.into())
    }

    /// The name by which others see that this process lives.
    fn owner(&mut self, dir: &Path) -> io::Result<String> {
        if self.life.is_none() {
            private_dir(dir)?;
            let life = tempfile::Builder::new().prefix("alive-").tempfile_in(dir)?;
            life.as_file().lock()?;
            self.life = Some(life);
        }
        self.life.as_ref().and_then(life_name).ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

fn life_name(life: &NamedTempFile) -> Option<String> {
    Some(life.path().file_name()?.to_string_lossy().into_owned())
}

/// The record's name in its directory.
const FILE: &str = "creates.jsonl";

fn is_dead(dir: &Path, owner: &str) -> bool {
    let path = dir.join(owner);
    let Ok(file) = File::open(&path) else { return true };
    let dead = file.try_lock().is_ok();
    if dead {
        let _ = fs::remove_file(path);
    }
    dead
}

/// What is not over, and how many lines say so. The last line about an object counts; one that was cut short
/// says nothing.
fn read(file: &mut File) -> (Intents, usize) {
    let (mut open, mut lines) = (Intents::default(), 0);
    if file.rewind().is_err() {
        return (open, lines);
    }
    for intent in BufReader::new(file).split(b'\n').map_while(Result::ok).filter_map(|line| serde_json::from_slice::<Intent>(&line).ok()) {
        lines += 1;
        open.put(intent);
    }
    (open, lines)
}

/// On a line of its own also after one that was cut short.
fn line(intent: &Intent) -> Vec<u8> {
    [b"\n", serde_json::to_vec(intent).unwrap_or_default().as_slice(), b"\n"].concat()
}

fn private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(dir)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ONE: [&str; 4] = ["thing", "https://server", "id-1", "print"];

    fn begin(journal: &Journal, [resource, target, id, fingerprint]: [&str; 4]) {
        journal.begin(resource, target, Some(id), fingerprint);
    }

    fn unfinished(journal: &Journal, [resource, target, _, fingerprint]: [&str; 4]) -> Option<String> {
        journal.unfinished(resource, target, fingerprint, None)
    }

    #[test]
    fn what_a_dead_process_began_is_handed_out_once() {
        let dir = tempfile::tempdir().unwrap();
        let [first, second, third] = [(); 3].map(|()| Journal::in_dir(dir.path().into()));
        begin(&first, ONE);
        // It lives: the create is under way.
        assert_eq!(unfinished(&second, ONE), None);
        drop((first, second));
        let second = Journal::in_dir(dir.path().into());
        assert_eq!(unfinished(&second, ["thing", "https://other", "", "print"]), None);
        assert_eq!(unfinished(&second, ["thing", "https://server", "", "other"]), None);
        assert_eq!(unfinished(&third, ONE).as_deref(), Some("id-1"));
        assert_eq!(unfinished(&second, ONE), None);
        assert_eq!(unfinished(&third, ONE), None);
    }

    #[test]
    fn what_was_answered_is_named_until_a_state_shows_it() {
        let dir = tempfile::tempdir().unwrap();
        let journal = || Journal::in_dir(dir.path().into());
        let first = journal();
        begin(&first, ONE);
        first.answered("thing", "id-1");
        assert_eq!(first.unseen("thing", "https://server", "print"), []);
        drop(first);
        let second = journal();
        assert_eq!(unfinished(&second, ONE), None);
        assert_eq!(second.unseen("thing", "https://server", "print").iter().map(|intent| &intent.id).collect::<Vec<_>>(), ["id-1"]);
        assert_eq!(second.left().len(), 1);
        second.seen("thing", "id-1", false);
        assert_eq!(second.left(), []);
        assert_eq!(journal().left(), []);
    }

    #[test]
    fn what_nothing_names_is_never_handed_out() {
        let dir = tempfile::tempdir().unwrap();
        let journal = || Journal::in_dir(dir.path().into());
        let first = journal();
        let word = first.begin("thing", "https://server", None, "print").unwrap();
        assert_ne!(first.begin("thing", "https://server", None, "print"), Some(word.clone()));
        drop(first);
        let second = journal();
        assert_eq!(unfinished(&second, ONE), None);
        assert_eq!(second.unseen("thing", "https://server", "print").len(), 2);
        second.forget("thing", &word);
        assert_eq!(journal().left().len(), 1);
    }

    #[test]
    fn a_record_that_was_cut_short_or_grew_long_still_reads() {
        let dir = tempfile::tempdir().unwrap();
        let journal = || Journal::in_dir(dir.path().into());
        let first = journal();
        for count in 0..100 {
            begin(&first, ["thing", "https://server", &format!("id-{count}"), "print"]);
            first.refused("thing", &format!("id-{count}"));
        }
        begin(&first, ONE);
        drop(first);
        let path = dir.path().join(FILE);
        OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"resource\":\"th").unwrap();
        let before = fs::metadata(&path).unwrap().len();
        let second = journal();
        assert_eq!(second.left().len(), 1);
        assert!(fs::metadata(&path).unwrap().len() < before / 10);
        assert_eq!(unfinished(&second, ONE).as_deref(), Some("id-1"));
    }

    #[cfg(unix)]
    #[test]
    fn only_its_owner_can_read_it() {
        use std::os::unix::fs::PermissionsExt;
        let dir = tempfile::tempdir().unwrap();
        let inner = dir.path().join("a/b");
        let journal = Journal::in_dir(inner.clone());
        begin(&journal, ONE);
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&inner), 0o700);
        for file in fs::read_dir(&inner).unwrap() {
            assert_eq!(mode(&file.unwrap().path()), 0o600);
        }
    }
}

//! The record of one process after another, and of several at a time.

use super::*;
use crate::{
    schema::{Nested, map, object, objects, resource, string},
    value::Path,
};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    path::Path as FilePath,
};

/// A record in a directory, used by one process after the other.
struct Machine(tempfile::TempDir);

impl Machine {
    fn new() -> Machine {
        Machine(tempfile::tempdir().unwrap())
    }

    fn journal(&self) -> Journal {
        Journal::in_dir(self.path().into())
    }

    fn path(&self) -> &FilePath {
        self.0.path()
    }

    fn record(&self) -> String {
        fs::read_to_string(self.path().join("creates.jsonl")).unwrap_or_default()
    }
}

fn with<T>(journal: &Journal, url: &str, what: impl FnOnce(Sought<'_>) -> T) -> T {
    what(Sought { resource: "thing", account: &journal.account(url, b"key"), fingerprint: "print" })
}

fn begin(journal: &Journal, id: &str) -> String {
    with(journal, "https://server", |sought| journal.begin(sought, Some(&Name::plain(id)), false, Looked::Missing(Some(7))))
}

fn unfinished(journal: &Journal) -> Option<String> {
    with(journal, "https://server", |sought| journal.unfinished(sought, None, &[Stage::Begun])).map(|intent| intent.id)
}

fn unseen(journal: &Journal) -> Vec<String> {
    with(journal, "https://server", |sought| journal.unseen(sought)).into_iter().map(|intent| intent.id).collect()
}

fn left(journal: &Journal) -> Vec<String> {
    journal.left().into_iter().map(|intent| intent.id).collect()
}

#[test]
fn what_a_dead_process_began_is_handed_out_once() {
    let machine = Machine::new();
    let [first, second, third] = [(); 3].map(|()| machine.journal());
    begin(&first, "id-1");
    // The first process runs: its write has not ended.
    assert_eq!(unfinished(&second), None);
    drop((first, second));
    let second = machine.journal();
    assert_eq!(unfinished(&third).as_deref(), Some("id-1"));
    assert_eq!(unfinished(&second), None);
    assert_eq!(unfinished(&third), None);
    drop(third);
    // If the process that completes it crashes too, the next one gets it.
    let fourth = machine.journal();
    let found = with(&fourth, "https://server", |sought| fourth.unfinished(sought, Some(&Name::plain("id-1")), &[Stage::Begun]));
    assert_eq!(found.unwrap().looked, Looked::Missing(Some(7)));
}

#[test]
fn another_server_person_or_plan_is_another_object() {
    let machine = Machine::new();
    begin(&machine.journal(), "id-1");
    let journal = machine.journal();
    let find = |url: &str, credentials: &[u8], fingerprint: &str, name: &str| {
        let account = journal.account(url, credentials);
        journal.unfinished(Sought { resource: "thing", account: &account, fingerprint }, Some(&Name::plain(name)), &[Stage::Begun])
    };
    for (url, credentials, fingerprint, name) in [
        ("https://other", "key", "print", "id-1"),
        ("https://server", "another key", "print", "id-1"),
        ("https://serverk", "ey", "print", "id-1"),
        ("https://server", "key", "other", "id-1"),
        ("https://server", "key", "print", "id-2"),
    ] {
        assert_eq!(find(url, credentials.as_bytes(), fingerprint, name), None, "{url} {credentials} {fingerprint} {name}");
    }
    assert!(find("https://server", b"key", "print", "id-1").is_some());
}

#[test]
fn what_was_answered_is_named_until_a_state_shows_it() {
    let machine = Machine::new();
    let first = machine.journal();
    begin(&first, "id-1");
    first.answered("thing", "id-1");
    assert_eq!(unseen(&first), [""; 0]);
    drop(first);
    let second = machine.journal();
    assert_eq!(unfinished(&second), None);
    assert_eq!(unseen(&second), ["id-1"]);
    assert_eq!(left(&second), ["id-1"]);
    second.seen("thing", || vec!["other".into(), "id-1".into()], false);
    assert_eq!(left(&second), [""; 0]);
    // Other processes see this when a group is recorded or the run ends.
    assert_eq!(left(&machine.journal()), ["id-1"]);
    second.settle();
    assert_eq!(left(&machine.journal()), [""; 0]);
}

#[test]
fn what_nothing_names_is_never_handed_out() {
    let machine = Machine::new();
    let begin = |journal: &Journal| with(journal, "https://server", |sought| journal.begin(sought, None, false, Looked::Not));
    let first = machine.journal();
    let word = begin(&first);
    assert_ne!(begin(&first), word);
    drop(first);
    let second = machine.journal();
    assert_eq!(unfinished(&second), None);
    assert_eq!(unseen(&second).len(), 2);
    second.forget("thing", &word);
    assert_eq!(left(&machine.journal()).len(), 1);
}

#[test]
fn a_record_that_was_cut_short_or_grew_long_still_reads() {
    let machine = Machine::new();
    let first = machine.journal();
    for count in 0..100 {
        let id = begin(&first, &format!("id-{count}"));
        first.refused("thing", &id);
    }
    begin(&first, "id-1");
    drop(first);
    let path = machine.path().join("creates.jsonl");
    OpenOptions::new().append(true).open(&path).unwrap().write_all(b"{\"resource\":\"th").unwrap();
    let before = fs::metadata(&path).unwrap().len();
    let second = machine.journal();
    assert_eq!(left(&second), ["id-1"]);
    assert_eq!(fs::metadata(&path).unwrap().len(), before, "looking changes nothing");
    assert_eq!(unfinished(&second).as_deref(), Some("id-1"));
    assert!(fs::metadata(&path).unwrap().len() < before / 10);
}

/// A process has the record open while another one rewrites it.
#[test]
fn nothing_that_is_begun_goes_with_an_old_record() {
    let machine = Machine::new();
    let long = machine.journal();
    let ended: Vec<_> = (0..200).map(|count| begin(&long, &format!("id-{count}"))).collect();
    let other = machine.journal();
    begin(&other, "of-another");
    ended.iter().for_each(|id| long.refused("thing", id));
    drop(long);
    // A file that a process left which crashed during a rewrite.
    let stale = machine.path().join("new-abc");
    fs::write(&stale, "").unwrap();
    // This process reads a record in which most is over, and rewrites it.
    begin(&machine.journal(), "anew");
    assert!(machine.record().lines().count() < 20 && !stale.exists());
    begin(&other, "after");
    drop(other);
    assert_eq!(left(&machine.journal()), ["after", "anew", "of-another"]);
}

#[test]
fn names_in_the_record_are_never_paths() {
    let machine = Machine::new();
    begin(&machine.journal(), "id-1");
    let inner = machine.path().join("inner");
    fs::create_dir(&inner).unwrap();
    let victim = machine.path().join("x");
    fs::write(&victim, "precious").unwrap();
    for owner in ["../x", "alive-/../../x", "x", ".", "", "alive-", "alive-../x"] {
        let line = machine.record().lines().find(|line| line.contains("id-1")).unwrap().to_owned();
        let mut intent = Json::parse(&line).unwrap();
        intent.put("owner", owner.into());
        fs::write(inner.join("creates.jsonl"), format!("{intent}\n")).unwrap();
        let journal = Journal::in_dir(inner.clone());
        assert_eq!(left(&journal), [""; 0], "{owner}");
        begin(&journal, "id-2");
        assert!(victim.exists(), "{owner}");
    }
}

#[cfg(unix)]
#[test]
fn only_plain_files_are_opened() {
    use std::os::unix::fs::symlink;
    for name in ["creates.jsonl", "lock", "key"] {
        let (machine, elsewhere) = (Machine::new(), Machine::new());
        let target = elsewhere.path().join("target");
        fs::write(&target, "precious").unwrap();
        symlink(&target, machine.path().join(name)).unwrap();
        let journal = machine.journal();
        begin(&journal, "id-1");
        assert_eq!(fs::read_to_string(&target).unwrap(), "precious", "{name}");
        assert!(journal.complaint().unwrap().detail.contains(&machine.path().display().to_string()), "{name}");

        // The other end of a pipe may not exist.
        let machine = Machine::new();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            machine.path().join(name),
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::from_raw_mode(0o600),
            0,
        )
        .unwrap();
        let journal = machine.journal();
        begin(&journal, "id-1");
        assert!(journal.complaint().is_some(), "{name}");
    }
}

#[test]
fn where_nothing_can_be_written_the_user_hears_of_it_once() {
    let machine = Machine::new();
    let blocked = machine.path().join("file");
    fs::write(&blocked, "").unwrap();
    let journal = Journal::in_dir(blocked.join("notes"));
    begin(&journal, "id-1");
    begin(&journal, "id-2");
    let complaint = journal.complaint().unwrap();
    assert!(!complaint.is_error() && complaint.path == Path::ROOT);
    assert!(complaint.detail.contains("JANIFORM_STATE_DIR") && complaint.detail.contains("file"), "{complaint:?}");
    begin(&journal, "id-3");
    assert_eq!(journal.complaint(), None);
    assert!(Journal::nowhere("there is no home directory").complaint().unwrap().detail.contains("no home directory"));
    assert_eq!(Journal::default().complaint(), None);
}

#[test]
fn a_name_that_the_tool_keeps_secret_is_a_hash() {
    let machine = Machine::new();
    let first = machine.journal();
    let name = Name { text: "canary-name".into(), secret: true };
    let called = with(&first, "https://server", |sought| first.begin(sought, Some(&name), false, Looked::Missing(None)));
    drop(first);
    assert!(!machine.record().contains("canary") && machine.record().contains(&called));
    let second = machine.journal();
    let found = with(&second, "https://server", |sought| second.unfinished(sought, Some(&name), &[Stage::Begun]));
    assert_eq!(found.unwrap().id, called);
    second.answered("thing", &called);
    second.seen("thing", || vec!["canary-name".into()], false);
    drop(second);
    assert_eq!(left(&machine.journal()), [""; 0]);
    // Without the key, names cannot be tested against the hash.
    let other = Machine::new();
    let journal = other.journal();
    assert_ne!(with(&journal, "https://server", |sought| journal.begin(sought, Some(&name), false, Looked::Not)), called);
}

#[test]
fn secrets_at_any_depth_are_no_part_of_a_fingerprint() {
    static AUTH: Nested = Nested { name: "Auth", table: Table::new(&[&[string("user", "-"), string("token", "-").secret()]]) };
    static KIND: Kind = Kind::Object(&AUTH);
    static ATTRS: &[Attr] = &[
        string("name", "-"),
        string("password", "-").secret(),
        object("auth", "-", &AUTH),
        objects("hooks", "-", &KIND),
        map("labels", "-"),
    ];
    static THING: Resource = resource("thing", "-").sections(&[ATTRS]).checked();
    let journal = Journal::default();
    let auth = |user: &str, token: &str| Value::Object(vec![user.into(), token.into()]);
    let print = |name: &str, password: &str, user: &str, token: &str, label: &str| {
        let labels = Value::Map([("a".to_owned(), label.into())].into());
        let value = vec![name.into(), password.into(), auth(user, token), Value::List(vec![auth(user, token)]), labels];
        journal.fingerprint(&THING, &Value::Object(value))
    };
    let one = print("n", "p", "u", "t", "l");
    assert_eq!(one, print("n", "other", "u", "other", "l"));
    for other in [print("x", "p", "u", "t", "l"), print("n", "p", "x", "t", "l"), print("n", "p", "u", "t", "x")] {
        assert_ne!(one, other);
    }
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_it() {
    use std::os::unix::fs::PermissionsExt;
    let machine = Machine::new();
    let inner = machine.path().join("a/b");
    let journal = Journal::in_dir(inner.clone());
    begin(&journal, "id-1");
    let mode = |path: &FilePath| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(&inner), 0o700);
    let files: Vec<_> = fs::read_dir(&inner).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 4, "{files:?}");
    files.iter().for_each(|file| assert_eq!(mode(file), 0o600, "{}", file.display()));
}

/// States show many names; to hash each costs more than all else.
#[test]
fn names_are_hashed_only_if_the_record_has_a_secret_one() {
    let machine = Machine::new();
    let key = machine.path().join("key");
    let first = machine.journal();
    begin(&first, "id-1");
    first.answered("thing", "id-1");
    drop(first);
    fs::remove_file(&key).unwrap();
    let second = machine.journal();
    second.seen("thing", || vec!["id-1".into()], false);
    assert_eq!(left(&second), [""; 0]);
    assert!(!key.exists(), "who hashes needs the key");

    // A secret name of this process, and one in the record.
    let machine = Machine::new();
    let name = Name { text: "canary-name".into(), secret: true };
    let first = machine.journal();
    for turn in ["own", "of an earlier process"] {
        let called = with(&first, "https://server", |sought| first.begin(sought, Some(&name), false, Looked::Not));
        first.answered("thing", &called);
        let reader = machine.journal();
        let seeing = if turn == "own" { &first } else { &reader };
        seeing.seen("thing", || vec!["canary-name".into()], false);
        seeing.settle();
        assert_eq!(machine.journal().with(|book, _| book.open.ids()), 0, "{turn}");
    }
}

/// A record of which nothing is left.
#[test]
fn a_record_that_is_over_is_emptied_without_a_line_more() {
    for is_beside in [false, true] {
        let machine = Machine::new();
        let path = machine.path().join("creates.jsonl");
        let first = machine.journal();
        let ids: Vec<_> = (0..100).map(|count| begin(&first, &format!("id-{count}"))).collect();
        ids.iter().for_each(|id| first.answered("thing", id));
        drop(first);
        let second = machine.journal();
        second.seen("thing", || ids.clone(), false);
        let other = machine.journal();
        if is_beside {
            begin(&other, "of-another");
        }
        // This name of the file shows what is appended to it, and nothing of what takes its place.
        let before = machine.path().join("before");
        fs::hard_link(&path, &before).unwrap();
        let long = fs::metadata(&before).unwrap().len();
        second.settle();
        // What another process has written since is not lost, and what is over is known to be.
        assert_eq!(fs::metadata(&before).unwrap().len() > long, is_beside);
        drop(other);
        assert_eq!(left(&machine.journal()), if is_beside { vec!["of-another"] } else { vec![] });
        assert_eq!(machine.record().lines().filter(|line| !line.is_empty()).count(), usize::from(is_beside));
    }
}

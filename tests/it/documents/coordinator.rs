//! The coordinator of a document, edit by edit.

use super::{
    provider::{Doors, NAMED, SETTINGS, named},
    server::{Fault, Warehouse},
};
use janiform::{
    engine::{Cx, Diagnostic, Done},
    rest::{
        Http, HttpOptions, SendError,
        document::{Change, Edit, Edited, Position, Version, Wanted},
    },
    schema::Object,
    value::Json,
};
use proptest::prelude::*;
use serde_json::json;
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::task::JoinSet;

const MANY: usize = 50;

async fn edit(cx: &Cx<Doors>, edit: Edit) -> Result<Option<Edited>, SendError> {
    let named = named();
    NAMED.open(cx, Object::new(&SETTINGS.table, &named)).await?.edit(edit).await
}

async fn read(cx: &Cx<Doors>, part: &str) -> Result<Option<Arc<Version>>, SendError> {
    let named = named();
    NAMED.open(cx, Object::new(&SETTINGS.table, &named)).await?.read(part).await
}

fn at(path: &str) -> Vec<String> {
    path.split('/').map(str::to_owned).collect()
}

fn json_of(value: serde_json::Value) -> Json {
    Json::parse(value.to_string()).unwrap()
}

/// That a member has this value.
fn set(path: &str, value: impl Into<serde_json::Value>) -> Change {
    Change::Member { at: at(path), value: Some(json_of(value.into())) }
}

/// That this text is among the labels.
fn label(text: &str) -> Change {
    Change::Element { list: at("meta/labels"), like: text.into(), wanted: Wanted::Present(text.into(), Position::Last) }
}

fn by(who: &str, changes: Vec<Change>) -> Edit {
    Edit { who: who.to_owned(), is_new: false, secrets: Vec::new(), insists: false, changes: Box::new(move |_| Ok(changes.clone())) }
}

/// Carries them out at the same time, each as a client of its own with these connections.
async fn all(doors: impl Fn(usize) -> Doors, edits: Vec<Edit>) -> Vec<Result<Option<Edited>, SendError>> {
    let mut under_way = JoinSet::new();
    for (number, one) in edits.into_iter().enumerate() {
        let cx = doors(number).cx();
        under_way.spawn(async move { (number, edit(&cx, one).await) });
    }
    let mut outcomes = under_way.join_all().await;
    outcomes.sort_by_key(|(number, _)| *number);
    outcomes.into_iter().map(|(_, outcome)| outcome).collect()
}

struct Shared(Arc<Http>, String);

impl Shared {
    fn with(warehouse: &Warehouse) -> Shared {
        let options = HttpOptions { timeout: Some(Duration::from_millis(500)), ..HttpOptions::default() };
        Shared(Arc::new(Http::new(options)), warehouse.server.url())
    }

    fn door(&self, token: &str) -> Doors {
        Doors::over(self.0.clone(), &self.1, token)
    }

    fn cx(&self) -> Cx<Doors> {
        self.door("").cx()
    }
}

#[tokio::test]
async fn fifty_edits_take_one_read_and_one_patch() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    let edits = (0..MANY).map(|n| by(&format!("part {n}"), vec![set(&format!("parts/{n}"), n), label(&format!("label {n}"))]));
    let outcomes = all(|_| shared.door(""), edits.collect()).await;
    assert_eq!(warehouse.asked(), (1, 1));
    for (n, outcome) in outcomes.into_iter().enumerate() {
        let edited = outcome.unwrap().unwrap();
        assert!(edited.unkept.is_empty());
        assert_eq!(edited.version.revision, "revision-2");
        assert_eq!(edited.version.json.at(&format!("parts/{n}")).as_i64(), Some(n as i64));
    }
    assert_eq!(warehouse.at("/meta/labels").as_array().unwrap().len(), MANY);
    // Those that come later go by the answer to the patch.
    edit(&shared.cx(), by("late", vec![set("late", true)])).await.unwrap();
    assert_eq!(warehouse.asked(), (1, 2));
    assert_eq!(warehouse.at("/services/heating/config/kept"), "by others");
}

#[tokio::test]
async fn fifty_reads_share_one_and_each_part_is_read_from_it_once() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    let mut under_way = JoinSet::new();
    for n in 0..MANY {
        let cx = shared.cx();
        under_way.spawn(async move { read(&cx, &format!("part {n}")).await.unwrap().unwrap().revision.clone() });
    }
    assert!(under_way.join_all().await.iter().all(|revision| revision == "revision-1"));
    assert_eq!(warehouse.asked(), (1, 0));
    // Who reads again wants to know how it is by now.
    warehouse.edit(|document| document["new"] = true.into());
    assert_eq!(read(&shared.cx(), "part 1").await.unwrap().unwrap().revision, "revision-2");
    assert_eq!(warehouse.asked(), (2, 0));
    // A write ends what is shared; what it was answered is for other writes alone.
    edit(&shared.cx(), by("one", vec![set("one", 1)])).await.unwrap();
    warehouse.edit(|document| document["new"] = false.into());
    assert_eq!(read(&shared.cx(), "part 2").await.unwrap().unwrap().json.at("new").as_bool(), Some(false));
    assert_eq!(warehouse.asked(), (3, 1));
}

#[tokio::test]
async fn a_conflicting_edit_runs_again_over_the_new_document() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    warehouse.edit(|document| document["counter"] = 1.into());
    warehouse.then(Fault::Overtaken("/counter", json!(10)));
    let counted = |seen: janiform::rest::document::Current<'_>| {
        let next = seen.document.at("counter").as_i64().unwrap() + 1;
        Ok(vec![set("counter", next)])
    };
    let one = Edit { who: "counter".into(), is_new: false, secrets: Vec::new(), insists: false, changes: Box::new(counted) };
    edit(&shared.cx(), one).await.unwrap().unwrap();
    assert_eq!(warehouse.at("/counter"), 11);
    assert_eq!(warehouse.asked(), (2, 2));
}

/// Another endpoint creates a revision in its turn, such as that of an organization. What was read before its end may be older.
#[tokio::test]
async fn a_write_of_something_else_makes_no_patch_come_too_late() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    let (cx, named) = (shared.cx(), named());
    let turn = NAMED.turn(&cx, Object::new(&SETTINGS.table, &named)).await.unwrap();
    assert_eq!(read(&cx, "part").await.unwrap().unwrap().revision, "revision-1");
    let mut waiting = JoinSet::new();
    for n in 0..MANY {
        let cx = shared.cx();
        waiting.spawn(async move { edit(&cx, by(&format!("part {n}"), vec![set(&format!("parts/{n}"), n)])).await });
    }
    warehouse.edit(|document| document["organization"] = "acme".into());
    tokio::task::yield_now().await;
    drop(turn);
    assert!(waiting.join_all().await.into_iter().all(|outcome| outcome.unwrap().unwrap().version.revision == "revision-3"));
    assert_eq!(warehouse.asked(), (2, 1));
    assert_eq!(warehouse.at("/organization"), "acme");
}

#[tokio::test]
async fn a_lost_answer_neither_loses_an_edit_nor_doubles_it() {
    for fault in [Fault::AnswerLost, Fault::Silence, Fault::RequestLost] {
        let warehouse = Warehouse::start().await;
        let shared = Shared::with(&warehouse);
        warehouse.then(fault.clone());
        let tries = Arc::new(AtomicUsize::new(0));
        let seen_made = tries.clone();
        let changes = move |seen: janiform::rest::document::Current<'_>| {
            seen_made.fetch_add(usize::from(seen.may_be_made), Ordering::Relaxed);
            Ok(vec![label("a"), set("x", 1)])
        };
        let one = Edit { who: "one".into(), is_new: false, secrets: Vec::new(), insists: false, changes: Box::new(changes) };
        let other = by("other", vec![label("b")]);
        for outcome in all(|_| shared.door(""), vec![one, other]).await {
            assert!(outcome.unwrap().unwrap().unkept.is_empty(), "{fault:?}");
        }
        assert_eq!(warehouse.at("/meta/labels").as_array().unwrap().len(), 2, "{fault:?}");
        assert_eq!(warehouse.state().patches.len(), 1, "{fault:?}");
        assert!(tries.load(Ordering::Relaxed) > 0, "{fault:?}: an edit is told that it may be made");
    }
}

#[tokio::test]
async fn a_refused_batch_is_split_until_only_the_faulty_edit_fails() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    warehouse.state().refused = vec!["part-7\"", "part-12\""];
    let edits = (0..16).map(|n| by(&format!("part {n}"), vec![set(&format!("parts/{n}"), format!("part-{n}"))]));
    for (n, outcome) in all(|_| shared.door(""), edits.collect()).await.into_iter().enumerate() {
        match outcome {
            Ok(edited) => assert!(edited.unwrap().unkept.is_empty() && n != 7 && n != 12),
            Err(error) => {
                assert!(n == 7 || n == 12, "{n}: {error:?}");
                assert_eq!((error.status, error.done), (Some(400), Done::No));
                assert!(error.diagnostic.detail.contains(&format!("part-{n}\" is not allowed")), "{}", error.diagnostic.detail);
            }
        }
    }
    assert_eq!(warehouse.at("/parts").as_object().unwrap().len(), 14);
    assert_eq!(warehouse.asked().0, 1);
    // Each of two is alone after four divisions.
    assert!(warehouse.asked().1 <= 16, "{:?}", warehouse.asked());
}

#[tokio::test]
async fn two_edits_with_different_values_of_one_part_are_errors_that_name_both() {
    let pairs = [
        (set("a/b", 1), set("a/b", 2)),
        // What one puts in the place of all takes away what the other has put there.
        (set("a/b", 1), set("a", json!({ "c": 2 }))),
        (set("a/b", 1), Change::Member { at: at("a/b"), value: None }),
        (label("x"), set("meta/labels", json!(["y"]))),
        (label("x"), Change::Element { list: at("meta/labels"), like: "x".into(), wanted: Wanted::Absent }),
    ];
    for (one, other) in pairs {
        let both = |error: SendError| {
            let text = error.diagnostic.detail;
            assert!(text.contains("shelf `one`") && text.contains("shelf `other`"), "{text}");
            assert_eq!(error.done, Done::No);
        };
        let edits = || vec![by("shelf `one`", vec![one.clone()]), by("shelf `other`", vec![other.clone()])];
        // At the same time: one of them, whichever came first.
        let warehouse = Warehouse::start().await;
        let shared = Shared::with(&warehouse);
        let mut failed: Vec<_> = all(|_| shared.door(""), edits()).await.into_iter().filter_map(Result::err).collect();
        assert_eq!((failed.len(), warehouse.state().patches.len()), (1, 1), "{one}, {other}");
        both(failed.remove(0));
        // One after the other, in one run.
        let warehouse = Warehouse::start().await;
        let shared = Shared::with(&warehouse);
        let mut edits = edits();
        let (second, first) = (edits.pop().unwrap(), edits.pop().unwrap());
        edit(&shared.cx(), first).await.unwrap();
        both(edit(&shared.cx(), second).await.err().unwrap_or_else(|| panic!("{one}, {other}")));
        assert!(one.holds(&json_of(warehouse.state().document.clone())));
    }
}

#[tokio::test]
async fn equal_edits_are_one_and_a_withdrawn_edit_allows_others() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    let same = vec![by("one", vec![set("a", 1)]), by("other", vec![set("a", 1), set("b", 1)])];
    assert!(all(|_| shared.door(""), same).await.iter().all(Result::is_ok));
    assert_eq!(warehouse.state().patches[0].as_array().unwrap().len(), 2);
    // One may change its own mind.
    edit(&shared.cx(), by("other", vec![set("b", 2)])).await.unwrap();
    edit(&shared.cx(), by("other", vec![Change::Member { at: at("b"), value: None }])).await.unwrap();
    edit(&shared.cx(), by("third", vec![set("b", 3)])).await.unwrap();
    assert_eq!(warehouse.at("/b"), 3);
}

#[tokio::test]
async fn a_read_that_is_older_than_the_own_write_is_repeated() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    edit(&shared.cx(), by("one", vec![set("a", 1)])).await.unwrap();
    warehouse.state().stale = 2;
    assert_eq!(read(&shared.cx(), "one").await.unwrap().unwrap().revision, "revision-2");
    assert_eq!(warehouse.asked(), (4, 1));
    // Others see what we wrote as well.
    warehouse.state().stale = 1;
    let cx = shared.door("other").cx();
    edit(&cx, by("two", vec![set("b", 1)])).await.unwrap();
    assert_eq!(warehouse.asked(), (6, 2), "no patch was made for the old revision");
}

#[tokio::test]
async fn stale_reads_are_repeated_with_a_limit() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    edit(&shared.cx(), by("one", vec![set("a", 1)])).await.unwrap();
    warehouse.state().stale = usize::MAX;
    let error = read(&shared.cx(), "one").await.err().unwrap();
    assert_eq!(error.done, Done::No);
    assert!(error.diagnostic.summary.contains("old revision"), "{}", error.diagnostic.summary);
    assert_eq!(warehouse.asked().0, 1 + 6);
}

/// How an edit ends that fares like this again and again, and how often it was tried.
async fn in_vain(fault: Fault) -> (Done, usize) {
    let warehouse = Warehouse::start().await;
    (0..100).for_each(|_| warehouse.then(fault.clone()));
    let error = edit(&Shared::with(&warehouse).cx(), by("one", vec![set("a", 1)])).await.err().unwrap();
    (error.done, warehouse.asked().1)
}

#[tokio::test]
async fn an_edit_with_endless_conflicts_fails() {
    let overtaken = Fault::Overtaken("/services/heating/config/kept", json!("still"));
    assert_eq!(in_vain(overtaken).await, (Done::No, 8));
}

#[tokio::test]
async fn an_edit_without_any_answer_fails() {
    assert_eq!(in_vain(Fault::RequestLost).await, (Done::Maybe, 8));
}

#[tokio::test]
async fn a_revision_that_is_refused_although_it_is_the_latest_is_not_patched_again() {
    let warehouse = Warehouse::start().await;
    warehouse.then(Fault::Conflict);
    let error = edit(&Shared::with(&warehouse).cx(), by("one", vec![set("a", 1)])).await.err().unwrap();
    assert_eq!((error.status, error.done, warehouse.asked()), (Some(409), Done::No, (7, 1)));
}

#[tokio::test]
async fn the_answer_is_compared_with_what_was_sent() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    warehouse.state().dropped = vec!["/parts/a"];
    let edits = vec![by("one", vec![set("parts/a", 1), set("parts/b", 1)]), by("other", vec![set("parts/c", 1)])];
    let outcomes = all(|_| shared.door(""), edits).await;
    let unkept: Vec<_> = outcomes.into_iter().map(|outcome| outcome.unwrap().unwrap().unkept).collect();
    assert_eq!(
        unkept.iter().map(|changes| changes.iter().map(ToString::to_string).collect()).collect::<Vec<Vec<_>>>(),
        [vec!["/parts/a"], vec![]]
    );
    // What an answer does not hold is read, and not from the revision before.
    warehouse.state().is_mute = true;
    warehouse.state().stale = 1;
    let edited = edit(&shared.cx(), by("one", vec![set("parts/a", 2), set("parts/b", 2)])).await.unwrap().unwrap();
    assert_eq!(edited.unkept.len(), 1);
    assert_eq!(edited.version.json.at("parts/b").as_i64(), Some(2));
}

#[tokio::test]
async fn each_door_has_its_own_patch_and_its_own_reads() {
    let warehouse = Warehouse::start().await;
    warehouse.state().tokens = Some(vec!["ann", "bob"]);
    let shared = Shared::with(&warehouse);
    let edits = (0..20).map(|n| by(&format!("part {n}"), vec![set(&format!("parts/{n}"), n)])).collect();
    let outcomes = all(|n| shared.door(["ann", "bob"][n % 2]), edits).await;
    assert!(outcomes.iter().all(Result::is_ok));
    // Who is second reads once more, since the first has replaced the revision.
    assert_eq!(warehouse.asked(), (3, 2));
    assert_eq!(warehouse.at("/parts").as_object().unwrap().len(), 20);
    // What ann may see is not shown to eve, and she breaks nobody's batch.
    read(&shared.door("ann").cx(), "a").await.unwrap();
    assert_eq!(read(&shared.door("eve").cx(), "b").await.err().unwrap().status, Some(401));
    let edits = (0..4).map(|n| by(&format!("more {n}"), vec![set(&format!("more/{n}"), n)])).collect();
    let outcomes = all(|n| shared.door(["ann", "eve"][n % 2]), edits).await;
    assert_eq!(outcomes.iter().map(Result::is_ok).collect::<Vec<_>>(), [true, false, true, false]);
}

#[tokio::test]
async fn an_older_read_does_not_decide_that_nothing_changes() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    edit(&shared.cx(), by("one", vec![set("a", 1)])).await.unwrap();
    warehouse.edit(|document| document["a"] = 2.into());
    edit(&shared.cx(), by("one", vec![set("a", 1)])).await.unwrap();
    assert_eq!(warehouse.at("/a"), 1);
    // Nor for a refusal of ours.
    let refusing = |seen: janiform::rest::document::Current<'_>| match seen.document.at("a").as_i64() {
        Some(1) => Err(Diagnostic::error("It is there", "-")),
        _ => Ok(vec![set("b", 1)]),
    };
    let one = || Edit { who: "two".into(), is_new: false, secrets: Vec::new(), insists: false, changes: Box::new(refusing) };
    assert!(edit(&shared.cx(), one()).await.is_err());
    warehouse.edit(|document| document["a"] = 3.into());
    edit(&shared.cx(), one()).await.unwrap();
    assert_eq!(warehouse.at("/b"), 1);
}

#[tokio::test]
async fn a_batch_that_changes_nothing_is_not_sent() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    let edits = (0..MANY).map(|n| by(&format!("part {n}"), vec![set("services/heating/config/mode", "eco")]));
    assert!(all(|_| shared.door(""), edits.collect()).await.iter().all(Result::is_ok));
    assert_eq!(warehouse.asked(), (1, 0));
}

#[tokio::test]
async fn a_cancelled_edit_is_withdrawn() {
    let warehouse = Warehouse::start().await;
    let cx = Shared::with(&warehouse).cx();
    cx.cancel.cancel();
    let error = edit(&cx, by("one", vec![set("a", 1)])).await.err().unwrap();
    assert_eq!((error.done, warehouse.asked()), (Done::No, (0, 0)));
}

#[tokio::test]
async fn a_sent_patch_is_awaited_and_an_unsent_edit_is_withdrawn() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    warehouse.then(Fault::Held);
    let start = |who: &'static str, part: &'static str| {
        let cx = shared.cx();
        let stop = cx.cancel.clone();
        (tokio::spawn(async move { edit(&cx, by(who, vec![set(part, 1)])).await.map(|_| ()) }), stop)
    };
    let ((sends, _), (goes_along, stop)) = (start("sends", "a"), start("goes along", "b"));
    warehouse.server.until("PATCH", 1).await;
    stop.cancel();
    let (waits, stop) = start("waits", "c");
    stop.cancel();
    assert_eq!(waits.await.unwrap().unwrap_err().done, Done::No);
    warehouse.server.open();
    sends.await.unwrap().unwrap();
    goes_along.await.unwrap().unwrap();
    assert_eq!((warehouse.asked().1, warehouse.at("/b"), warehouse.at("/c")), (1, json!(1), json!(null)));
}

#[tokio::test]
async fn an_expired_edit_does_not_block_others() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    // It sends for both, and alone would give up before the fifth try: the pauses until then take longer.
    let overtaken = || (0..4).for_each(|_| warehouse.then(Fault::Overtaken("/services/heating/config/kept", json!("overtaken"))));
    overtaken();
    let mut hurried = shared.cx();
    hurried.deadline = Some(Instant::now() + Duration::from_millis(1200));
    let patient = shared.cx();
    let first = tokio::spawn(async move { edit(&hurried, by("hurried", vec![set("a", 1)])).await });
    tokio::time::sleep(Duration::from_millis(10)).await;
    edit(&patient, by("patient", vec![set("b", 1)])).await.unwrap().unwrap();
    first.await.unwrap().unwrap();
    assert_eq!((warehouse.at("/a"), warehouse.at("/b")), (json!(1), json!(1)));
    // Alone, it does.
    overtaken();
    let mut hurried = shared.cx();
    hurried.deadline = Some(Instant::now() + Duration::from_millis(1200));
    let error = edit(&hurried, by("hurried", vec![set("a", 2)])).await.err().unwrap();
    assert_eq!(error.done, Done::No);
}

#[tokio::test]
async fn an_error_contains_no_secret_of_the_batch() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    warehouse.state().refused = vec!["bad"];
    let secret = Edit { secrets: vec!["canary-canary".into()], ..by("one", vec![set("a", "canary-canary")]) };
    let bad = Edit { secrets: vec!["other-canary".into()], ..by("two", vec![set("b", "bad other-canary")]) };
    let outcomes = all(|_| shared.door(""), vec![secret, bad]).await;
    let error = outcomes[1].as_ref().err().unwrap();
    assert!(outcomes[0].is_ok() && !error.diagnostic.detail.contains("canary"), "{}", error.diagnostic.detail);
}

#[tokio::test]
async fn without_a_document_there_is_nothing_to_write() {
    let warehouse = Warehouse::start().await;
    let shared = Shared::with(&warehouse);
    warehouse.edit(|document| document["state"] = "deleted".into());
    assert!(read(&shared.cx(), "one").await.unwrap().is_none());
    assert!(edit(&shared.cx(), by("one", vec![set("a", 1)])).await.unwrap().is_none());
    assert_eq!(warehouse.asked().1, 0);
}

/// An edit of one of several kinds of parts, by its number.
fn part(kind: u8, n: usize) -> Change {
    match kind % 4 {
        0 => set(&format!("parts/{n}"), n),
        1 => set(&format!("deep/{}/{n}", n % 3), n),
        2 => label(&format!("label {n}")),
        _ => {
            let like = json_of(json!({ "id": n }));
            let value = json_of(json!({ "id": n, "size": { "height": n } }));
            Change::Element { list: at("shelves"), like, wanted: Wanted::Is(value, Position::First) }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(10))]
    #[test]
    fn many_edits_from_several_doors_end_in_their_union(
        kinds in prop::collection::vec(any::<u8>(), 1..30),
        doors in prop::collection::vec(0_usize..6, 30),
        delays in prop::collection::vec(0_u64..120, 30),
        faults in prop::collection::vec(0_u8..5, 0..4),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let warehouse = Warehouse::start().await;
            for fault in faults {
                warehouse.then(match fault {
                    0 => Fault::AnswerLost,
                    1 => Fault::RequestLost,
                    _ => Fault::Overtaken("/services/heating/config/kept", json!("still by others")),
                });
            }
            // Three credentials in each of two processes, which know nothing of each other.
            let pools = [Shared::with(&warehouse), Shared::with(&warehouse)];
            let mut under_way = JoinSet::new();
            for (n, kind) in kinds.iter().copied().enumerate() {
                let cx = pools[doors[n] % 2].door(["ann", "bob", "cid"][doors[n] / 2]).cx();
                let delay = Duration::from_millis(delays[n]);
                under_way.spawn(async move {
                    tokio::time::sleep(delay).await;
                    edit(&cx, by(&format!("part {n}"), vec![part(kind, n)])).await.unwrap().unwrap().unkept.len()
                });
            }
            assert!(under_way.join_all().await.iter().all(|unkept| *unkept == 0));
            let document = json_of(warehouse.state().document.clone());
            for (n, kind) in kinds.iter().copied().enumerate() {
                assert!(part(kind, n).holds(&document), "{} of {n} is lost", part(kind, n));
            }
            let count = |kind: u8| kinds.iter().filter(|one| **one % 4 == kind).count();
            let list = |pointer: &str| warehouse.at(pointer).as_array().map_or(0, Vec::len);
            assert_eq!((list("/meta/labels"), list("/shelves")), (count(2), count(3)), "something is doubled");
        });
    }
}

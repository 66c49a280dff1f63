//! Objects that are parts of a document: what they write, and what they leave unchanged.

use super::{
    provider::{CLIMATE, Doors, HOOK, LABEL, SETTINGS, SHELF, engine, entry},
    server::{Fault, ID, Warehouse},
};
use crate::support::{get, object, replan, texts};
use janiform::{
    engine::{Applied, Call, Change, Engine, State, Unapplied, plan},
    schema::Resource,
    value::Value,
};
use serde_json::json;
use std::sync::Arc;
use tokio::task::JoinSet;

type House = Arc<Engine<Doors>>;

async fn create(engine: &House, resource: &'static Resource, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
    let config = object(resource, set);
    engine.create(entry(resource.name), plan(resource, None, &config), config, Call::default()).await
}

async fn update(engine: &House, resource: &'static Resource, prior: &State, set: &[(&str, Value)]) -> Result<Applied, Unapplied> {
    let config = object(resource, set);
    let change = Change { plan: replan(resource, prior, &config), prior: prior.clone(), config, last_config: None };
    engine.update(entry(resource.name), change, Call::default()).await
}

async fn read(engine: &House, resource: &'static Resource, state: &State) -> Option<State> {
    engine.read(entry(resource.name), state.clone(), Call::default()).await.unwrap().state
}

fn main(set: &[(&'static str, Value)]) -> Vec<(&'static str, Value)> {
    [&[("warehouse", ID.into())], set].concat()
}

#[tokio::test]
async fn members_are_written_at_their_paths_and_the_rest_stays() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    let first = main(&[("label", "one".into()), ("ttl", "90m".into()), ("rooms", texts(&["b", "a"]))]);
    let made = create(&engine, &SETTINGS, &first).await.unwrap();
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    assert_eq!(get(&SETTINGS, &made.state.value, "mode"), &"eco".into());
    assert_eq!(
        warehouse.at("/services/heating/config"),
        json!({ "kept": "by others", "mode": "eco", "ttl": "1h30m0s", "rooms": ["b", "a"] })
    );
    // What means the same is not sent; what goes is cleared as its attribute says; what others changed stays.
    warehouse.edit(|document| document["services"]["heating"]["config"]["note"] = "theirs".into());
    let patches = warehouse.state().patches.len();
    let second = main(&[("ttl", "1h30m".into()), ("rooms", texts(&["a", "b"])), ("pin", "1234".into())]);
    let changed = update(&engine, &SETTINGS, &made.state, &second).await.unwrap();
    let wanted = json!([
        { "op": "replace", "path": "/meta/label", "value": "" },
        { "op": "add", "path": "/services/heating/config/pin", "value": "1234" },
    ]);
    assert_eq!(warehouse.state().patches[patches..], [wanted]);
    assert_eq!(warehouse.at("/services/heating/config/note"), "theirs");
    // With the object, what it has set goes.
    engine.delete(entry("settings"), changed.state, Call::default()).await.unwrap();
    let left = json!({ "kept": "by others", "note": "theirs" });
    let mut config = warehouse.at("/services/heating/config");
    config.as_object_mut().unwrap().remove("mode");
    assert_eq!(config, left);
}

#[tokio::test]
async fn equal_values_are_not_sent() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.edit(|document| {
        document["services"]["heating"]["config"]["ttl"] = "1h30m0s".into();
        document["services"]["heating"]["config"]["rooms"] = json!(["a", "b"]);
    });
    let made = create(&engine, &SETTINGS, &main(&[("ttl", "90m".into()), ("rooms", texts(&["b", "a"]))])).await.unwrap();
    assert_eq!(get(&SETTINGS, &made.state.value, "ttl"), &"90m".into());
    assert_eq!(warehouse.asked(), (1, 0));
}

#[tokio::test]
async fn a_nested_member_keeps_what_the_table_does_not_know() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.edit(|document| document["services"]["heating"]["config"]["boiler"] = json!({ "maker": "x", "serial": 7 }));
    let boiler = |maker: &str, power: i64| Value::Object(vec![maker.into(), Value::from(power)]);
    let made = create(&engine, &SETTINGS, &main(&[("boiler", boiler("acme", 5))])).await.unwrap();
    let there = json!({ "maker": "acme", "serial": 7, "specification": { "power": 5 } });
    assert_eq!(warehouse.at("/services/heating/config/boiler"), there);
    update(&engine, &SETTINGS, &made.state, &main(&[("boiler", boiler("acme", 6))])).await.unwrap();
    let last = warehouse.state().patches.last().cloned().unwrap();
    assert_eq!(last, json!([{ "op": "replace", "path": "/services/heating/config/boiler/specification/power", "value": 6 }]));
}

#[tokio::test]
async fn a_dropped_member_is_reported_by_its_attribute() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.state().dropped = vec!["/services/heating/config/note"];
    let made = create(&engine, &SETTINGS, &main(&[("note", "x".into()), ("label", "y".into())])).await.unwrap();
    assert_eq!(made.warnings.iter().map(|warning| warning.summary.as_str()).collect::<Vec<_>>(), ["The server dropped note"]);
}

#[tokio::test]
async fn toggles_and_hooks_share_a_list() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    let mut under_way = JoinSet::new();
    for n in 0..10 {
        let engine = engine.clone();
        under_way.spawn(async move {
            if n == 0 {
                create(&engine, &SETTINGS, &main(&[("alarm", true.into()), ("guard", true.into())])).await.unwrap().state
            } else {
                let url = format!("https://{n}.example");
                create(&engine, &HOOK, &[("name", format!("hook-{n}").as_str().into()), ("url", url.as_str().into())]).await.unwrap().state
            }
        });
    }
    let states = under_way.join_all().await;
    let kinds: Vec<_> = warehouse.at("/hooks").as_array().unwrap().iter().map(|hook| hook["kind"].as_str().unwrap().to_owned()).collect();
    assert_eq!(kinds.len(), 12);
    assert_eq!(&kinds[..3], ["alarm", "guard", "other"], "those that are declared first come first");
    let settings = states.iter().find(|state| state.id.as_deref() == Some(ID)).unwrap();
    // Somebody switches it off; the rest of the list stays.
    warehouse.edit(|document| document["hooks"].as_array_mut().unwrap().retain(|hook| hook["kind"] != "alarm"));
    let seen = read(&engine, &SETTINGS, settings).await.unwrap();
    assert_eq!([get(&SETTINGS, &seen.value, "alarm"), get(&SETTINGS, &seen.value, "guard")], [&false.into(), &true.into()]);
    update(&engine, &SETTINGS, &seen, &main(&[("alarm", true.into()), ("guard", false.into())])).await.unwrap();
    assert_eq!(warehouse.at("/hooks").as_array().unwrap().len(), 11);
    for state in states.into_iter().filter(|state| state.id.as_deref() != Some(ID)) {
        engine.delete(entry("hook"), state, Call::default()).await.unwrap();
    }
    assert_eq!(warehouse.at("/hooks"), json!([{ "kind": "alarm" }, { "kind": "other" }]));
}

#[tokio::test]
async fn an_item_is_changed_in_place_without_masked_values() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.edit(|document| document["shelves"] = json!([{ "id": "z", "secret": "masked" }]));
    let first = [("shelf_id", "a".into()), ("label", "one".into()), ("height", Value::from(2)), ("secret", "canary".into())];
    let made = create(&engine, &SHELF, &first).await.unwrap();
    assert_eq!(made.state.id.as_deref(), Some("a"));
    warehouse.edit(|document| {
        document["shelves"][1]["secret"] = "masked".into();
        document["shelves"][1]["extra"] = 1.into();
    });
    let second = [("shelf_id", "a".into()), ("label", "two".into()), ("height", Value::from(2)), ("secret", "canary".into())];
    update(&engine, &SHELF, &made.state, &second).await.unwrap();
    let last = warehouse.state().patches.last().cloned().unwrap();
    assert_eq!(last, json!([{ "op": "replace", "path": "/shelves/1/label", "value": "two" }]));
    assert_eq!(warehouse.at("/shelves/1/extra"), 1);
    engine.delete(entry("shelf"), made.state.clone(), Call::default()).await.unwrap();
    engine.delete(entry("shelf"), made.state, Call::default()).await.unwrap();
    assert_eq!(warehouse.at("/shelves"), json!([{ "id": "z", "secret": "masked" }]));
}

#[tokio::test]
async fn an_existing_item_is_not_taken_over() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.edit(|document| {
        document["shelves"] = json!([{ "id": "a", "label": "theirs" }]);
        document["meta"] = json!({ "labels": ["x"] });
    });
    for (resource, set) in [(&SHELF, vec![("shelf_id", "a".into())]), (&LABEL, vec![("text", "x".into())])] {
        let refused = create(&engine, resource, &set).await.unwrap_err();
        assert!(refused.state.is_none() && refused.diagnostics[0].summary.contains("exists already"), "{:?}", refused.diagnostics);
    }
    assert_eq!(warehouse.asked().1, 0);
    // What is no longer there is not made by an update.
    let made = create(&engine, &SHELF, &[("shelf_id", "b".into())]).await.unwrap();
    warehouse.edit(|document| document["shelves"] = json!([]));
    let set = [("shelf_id", "b".into()), ("label", "two".into())];
    let refused = update(&engine, &SHELF, &made.state, &set).await.unwrap_err();
    assert!(refused.diagnostics[0].summary.contains("no longer exists"), "{:?}", refused.diagnostics);
}

#[tokio::test]
async fn an_item_whose_answer_was_lost_is_recognised_as_own() {
    for fault in [Fault::AnswerLost, Fault::RequestLost, Fault::Silence] {
        let warehouse = Warehouse::start().await;
        let engine = engine(&warehouse);
        warehouse.then(fault.clone());
        let made = create(&engine, &SHELF, &[("shelf_id", "a".into()), ("label", "one".into())]).await;
        assert!(made.is_ok(), "{fault:?}: {:?}", made.err());
        assert_eq!(warehouse.at("/shelves").as_array().unwrap().len(), 1, "{fault:?}");
    }
    // One that another made in that moment is.
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.then(Fault::Overtaken("/shelves", json!([{ "id": "a", "label": "theirs" }])));
    let refused = create(&engine, &SHELF, &[("shelf_id", "a".into()), ("label", "one".into())]).await.unwrap_err();
    assert!(refused.diagnostics[0].summary.contains("exists already"), "{:?}", refused.diagnostics);
    assert_eq!(warehouse.at("/shelves/0/label"), "theirs");
}

#[tokio::test]
async fn an_item_that_the_server_drops_is_an_error() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.state().dropped = vec!["/shelves/\"a\""];
    let refused = create(&engine, &SHELF, &[("shelf_id", "a".into())]).await.unwrap_err();
    assert!(refused.diagnostics[0].summary.contains("did not keep"), "{:?}", refused.diagnostics);
}

#[tokio::test]
async fn fifty_parts_of_all_kinds_take_a_handful_of_requests() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    let mut under_way = JoinSet::new();
    for n in 0..50 {
        let engine = engine.clone();
        under_way.spawn(async move {
            let name = Value::text(format!("part-{n}"));
            match n % 3 {
                _ if n == 0 => create(&engine, &SETTINGS, &main(&[("label", name)])).await.unwrap(),
                0 => create(&engine, &SHELF, &[("shelf_id", name), ("label", "x".into())]).await.unwrap(),
                1 => create(&engine, &HOOK, &[("name", name), ("url", "https://a.example".into())]).await.unwrap(),
                _ => create(&engine, &LABEL, &[("text", name)]).await.unwrap(),
            }
        });
    }
    assert_eq!(under_way.join_all().await.len(), 50);
    // One read and one patch, unless the machine is so busy that some come later than others wait.
    let (reads, patches) = warehouse.asked();
    assert!(reads <= 2 && patches <= 3, "{reads} reads and {patches} patches");
    let count = |pointer: &str| warehouse.at(pointer).as_array().unwrap().len();
    assert_eq!(count("/shelves") + count("/hooks") + count("/meta/labels"), 50);
}

#[tokio::test]
async fn a_shared_member_is_managed_only_while_it_is_set() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.edit(|document| document["meta"] = json!({ "theme": "theirs" }));
    let made = create(&engine, &CLIMATE, &main(&[("note", "one".into())])).await.unwrap();
    let seen = read(&engine, &CLIMATE, &made.state).await.unwrap();
    assert_eq!((get(&CLIMATE, &seen.value, "theme"), warehouse.at("/meta/theme")), (&Value::Null, json!("theirs")));
    let ours = update(&engine, &CLIMATE, &seen, &main(&[("note", "one".into()), ("theme", "ours".into())])).await.unwrap();
    assert_eq!(warehouse.at("/meta/theme"), "ours");
    let gone = update(&engine, &CLIMATE, &ours.state, &main(&[("note", "two".into())])).await.unwrap();
    assert_eq!((get(&CLIMATE, &gone.state.value, "theme"), warehouse.at("/meta/theme")), (&Value::Null, json!("plain")));
}

#[tokio::test]
async fn two_objects_with_one_member_are_errors_until_one_is_deleted() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    let made = create(&engine, &CLIMATE, &main(&[("note", "one".into())])).await.unwrap();
    let refused = create(&engine, &SETTINGS, &main(&[("note", "two".into())])).await.unwrap_err();
    let said = &refused.diagnostics[0].detail;
    assert!(["climate `main`", "settings `main`", "/services/heating/config/note"].iter().all(|part| said.contains(part)), "{said}");
    let warnings = engine.delete(entry("climate"), made.state, Call::default()).await.unwrap();
    assert_eq!(warnings.iter().map(|warning| warning.detail.as_str()).collect::<Vec<_>>(), ["It is as warm as before."]);
    assert_eq!(warehouse.at("/services/heating/config/note"), "one");
    create(&engine, &SETTINGS, &main(&[("note", "two".into())])).await.unwrap();
    assert_eq!(warehouse.at("/services/heating/config/note"), "two");
}

#[tokio::test]
async fn an_unexpected_value_at_a_path_is_an_error_and_stays() {
    let warehouse = Warehouse::start().await;
    let engine = engine(&warehouse);
    warehouse.edit(|document| document["meta"] = "kept".into());
    for refused in [
        create(&engine, &SETTINGS, &main(&[("label", "x".into())])).await.unwrap_err(),
        create(&engine, &LABEL, &[("text", "x".into())]).await.unwrap_err(),
    ] {
        assert!(refused.diagnostics[0].summary.contains("not as expected"), "{:?}", refused.diagnostics);
    }
    assert_eq!((warehouse.at("/meta"), warehouse.asked().1), (json!("kept"), 0));
}

//! Traps of Keto that would delete or duplicate relationships: one by one, and many at once.

use super::{Keto, keto, many, provider};
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::{
        faults::{Fault, Proxy},
        get, object, replan, stored,
    },
    terraform::core::{Action, Core, Stop},
};
use janiform::{
    emulator::Running,
    engine::{Applied, Call, Change, Engine, Entry, State, Unapplied, has_errors, plan, validate},
    frontends::pulumi::Server,
    ory::{
        Client, ORY,
        resources::{relationship, relationships},
    },
    schema::Resource,
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// One subject of hundreds that share namespace, object and relation.
#[tokio::test]
async fn destroying_one_of_hundreds_deletes_only_that_one() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
    let group = |number: usize| json!({ "namespace": "files", "object": "report.pdf", "relation": "view", "subject_set": { "namespace": "groups", "object": format!("g{number}"), "relation": "member" } });
    for number in 0..300 {
        backdoor.put(&group(number)).await;
    }
    backdoor.put(&json!({ "namespace": "files", "object": "report.pdf", "relation": "view", "subject_id": "g299" })).await;
    let config = json!({
        "namespace": "files", "object": "report.pdf", "relation": "view",
        "subject_set_namespace": "groups", "subject_set_object": "staff", "subject_set_relation": "member",
    });
    let mut thing = core.thing("ory_relationship");
    core.apply(&mut thing, &config).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
    assert_eq!(backdoor.list("files:report.pdf").await.len(), 302);
    core.destroy(&mut thing).await.unwrap();
    let left = backdoor.list("files:report.pdf").await;
    assert_eq!(left.len(), 301);
    assert!((0..300).all(|number| left.contains(&group(number))));

    // The same for one that was there before, by its id.
    let mut imported = core.import("ory_relationship", "files:report.pdf#view@(groups:g7#member)").await.unwrap();
    core.destroy(&mut imported).await.unwrap();
    let left = backdoor.list("files:report.pdf").await;
    assert_eq!((left.len(), left.contains(&group(7)), left.contains(&group(8))), (300, false, true));

    // And under Pulumi.
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server).await;
    host.configure(spell(ORY.config, &provider(&emulator.url()))).await.unwrap();
    host.up("ory:index/relationship:Relationship", "it", &spell(&relationship::RESOURCE.table, &config)).await.unwrap();
    assert_eq!(backdoor.list("files:report.pdf").await.len(), 301);
    host.destroy().await.unwrap();
    host.import("ory:index/relationship:Relationship", "was", "files:report.pdf#view@groups:g8#member").await.unwrap().unwrap();
    host.destroy().await.unwrap();
    let left = backdoor.list("files:report.pdf").await;
    assert_eq!((left.len(), left.contains(&group(8)), left.contains(&group(9))), (299, false, true));
    // Nothing is ever deleted by a query, which could match more.
    assert!(emulator.requests().iter().all(|(method, _, _)| method != "DELETE"));
}

#[tokio::test]
async fn an_id_imports_exactly_one_relationship() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
    for (object, subject, id) in [
        ("a", json!("ann@example.com"), "files:a#view@ann@example.com"),
        ("v1@a", json!("ann"), "files:v1@a#view@ann"),
        ("a#b", json!("ann"), "%files:a%23b#view@ann"),
        ("a", json!("https://x/y#z"), "%files:a#view@https%3A//x/y%23z"),
        ("a:b", json!("User:bob"), "files:a:b#view@User:bob"),
        ("a", json!(["User", "bob", ""]), "files:a#view@User:bob#"),
    ] {
        let mut config = json!({ "namespace": "files", "object": object, "relation": "view" });
        let mut tuple = config.clone();
        match subject.as_str() {
            Some(id) => (config["subject_id"], tuple["subject_id"]) = (json!(id), json!(id)),
            None => {
                config["subject_set_namespace"] = json!("groups");
                config["subject_set_object"] = subject[1].clone();
                tuple["subject_set"] = json!({ "namespace": "groups", "object": subject[1], "relation": subject[2] });
            }
        }
        let id = id.replace("User:bob#", "groups:bob#");
        backdoor.put(&tuple).await;
        let imported = core.import("ory_relationship", &id).await.unwrap();
        core.settled(&imported, &config).await.unwrap();
        // What it is made as has the same id.
        backdoor.delete("files").await;
        let mut thing = core.thing("ory_relationship");
        core.apply(&mut thing, &config).await.unwrap();
        assert_eq!(thing.state.as_ref().unwrap().value.get("id").text(), Some(id.as_str()));
        assert_eq!(backdoor.list("files").await, [tuple]);
        core.destroy(&mut thing).await.unwrap();
    }
    for (id, said) in [("report.pdf", "namespace:object#relation@subject"), ("files:a#view@nobody", ""), ("nope:a#view@ann", "")] {
        match core.import("ory_relationship", id).await {
            Err(stop) => assert!(matches!(stop, Stop::Broken(_)) || stop.says(said), "{id}: {stop:?}"),
            Ok(_) => panic!("{id} was imported"),
        }
    }
}

#[test]
fn a_relationship_needs_exactly_one_complete_subject() {
    let config = |set: &[(&str, &str)]| {
        let base = [("namespace", "files"), ("object", "a"), ("relation", "view")];
        let set: Vec<_> = base.iter().chain(set).map(|(name, value)| (*name, Value::text(*value))).collect();
        object(&relationship::RESOURCE, &set)
    };
    let set = [("subject_set_namespace", "groups"), ("subject_set_object", "g"), ("subject_set_relation", "")];
    for fine in [&[("subject_id", "ann")][..], &set, &set[..2]] {
        assert!(!has_errors(&validate(&relationship::RESOURCE, &config(fine))), "{fine:?}");
    }
    for (wrong, at) in [
        (&[][..], "subject_id"),
        (&[("subject_id", "ann"), ("subject_set_object", "g")], "subject_id"),
        (&set[..1], "subject_set_object"),
        // An empty relation alone says nothing.
        (&set[2..], "subject_id"),
        (&[("subject_set_relation", "member")], "subject_set_namespace"),
        (&set[1..], "subject_set_namespace"),
    ] {
        let found = validate(&relationship::RESOURCE, &config(wrong));
        assert_eq!((found.len(), found[0].path.to_string().as_str()), (1, at), "{found:?}");
    }
    // What is not known yet may turn out to be right.
    let open = object(
        &relationship::RESOURCE,
        &[("namespace", "f".into()), ("object", "a".into()), ("relation", "r".into()), ("subject_id", Value::Unknown)],
    );
    assert_eq!(validate(&relationship::RESOURCE, &open), []);

    let all = |scope: Value, items: Json| {
        let kind = &relationships::RESOURCE.table.attr(relationships::RESOURCE.table.index("relationships").unwrap()).kind;
        let items = stored::kind_from_json(kind, &items).unwrap();
        validate(
            &relationships::RESOURCE,
            &object(&relationships::RESOURCE, &[("namespace", "files".into()), ("object", scope), ("relationships", items)]),
        )
    };
    assert_eq!(all("a".into(), many(None, &["ann", "bob"])), []);
    for (scope, items, said) in [
        (Value::Null, many(None, &["ann"]), "no object"),
        ("a".into(), many(Some("a"), &["ann"]), "two objects"),
        ("a".into(), many(None, &["ann", "ann"]), "listed twice"),
        ("a".into(), json!([{ "relation": "view" }]), "one subject"),
    ] {
        let found = all(scope, items);
        assert!(found.len() == 1 && found[0].summary.contains(said), "{found:?}");
    }
}

struct Setup {
    emulator: Running,
    proxy: Proxy,
    engine: Engine<Client>,
    backdoor: Keto,
}

fn entry(name: &str) -> &'static Entry<Client> {
    ORY.resources().find(|entry| entry.resource.name == name).unwrap()
}

impl Setup {
    async fn new() -> Setup {
        let emulator = keto().await;
        let proxy = Proxy::to(&emulator.url()).await;
        let engine = Engine::new(&ORY);
        let url = proxy.url();
        let value = |name: &str| match name {
            "keto_read_url" | "keto_write_url" => Value::text(&url),
            "max_retries" => Value::from(2),
            _ => Value::Null,
        };
        let config = Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect());
        assert_eq!(engine.configure(&config, &|_| None), []);
        let backdoor = Keto::at(&emulator.url());
        Setup { emulator, proxy, engine, backdoor }
    }

    async fn create(&self, resource: &'static Resource, config: &Json) -> Result<Applied, Unapplied> {
        let config = stored::from_json(&resource.table, config).unwrap();
        self.engine.create(entry(resource.name), plan(resource, None, &config), config, Call::default()).await
    }

    async fn update(&self, resource: &'static Resource, state: &State, config: &Json) -> Result<Applied, Unapplied> {
        let config = stored::from_json(&resource.table, config).unwrap();
        let change = Change { prior: state.clone(), plan: replan(resource, state, &config), config, last_config: None };
        self.engine.update(entry(resource.name), change, Call::default()).await
    }

    async fn read(&self, resource: &'static Resource, state: &State) -> Option<State> {
        self.engine.read(entry(resource.name), state.clone(), Call::default()).await.unwrap().state
    }

    async fn delete(&self, resource: &'static Resource, state: State) {
        self.engine.delete(entry(resource.name), state, Call::default()).await.unwrap();
    }
}

fn direct() -> Json {
    json!({ "namespace": "files", "object": "a", "relation": "view", "subject_id": "ann" })
}

fn text(unapplied: &Unapplied) -> String {
    unapplied.diagnostics.iter().map(|one| format!("{}: {}\n", one.summary, one.detail)).collect()
}

#[tokio::test]
async fn a_relationship_whose_answer_is_lost_is_created_once() {
    for faults in [
        vec![Fault::LoseAnswer],
        vec![Fault::LoseRequest],
        vec![Fault::LoseRequest, Fault::LoseAnswer],
        vec![Fault::Answer(503, "text/plain", "busy")],
        vec![Fault::Answer(503, "text/plain", "busy"), Fault::LoseAnswer],
    ] {
        let setup = Setup::new().await;
        for fault in &faults {
            setup.proxy.then("PATCH /admin/relation-tuples", fault.clone());
        }
        setup.create(&relationship::RESOURCE, &direct()).await.unwrap_or_else(|error| panic!("{faults:?}: {}", text(&error)));
        assert_eq!((setup.proxy.unused(), setup.backdoor.list("files").await.len()), (0, 1), "{faults:?}");
    }
    // Refused after one was lost, which may arrive yet; and refused with nothing lost.
    let setup = Setup::new().await;
    let refusal = Fault::Answer(403, "application/json", r#"{"error":{"code":403,"message":"no"}}"#);
    for (faults, told) in [(vec![Fault::LoseRequest, refusal.clone()], true), (vec![refusal], false)] {
        for fault in faults {
            setup.proxy.then("PATCH /admin/relation-tuples", fault);
        }
        let refused = text(&setup.create(&relationship::RESOURCE, &direct()).await.unwrap_err());
        assert_eq!(refused.contains("may have been made nevertheless"), told, "{refused}");
    }
    // It was there before: that is told, and nothing is made or taken over.
    let setup = Setup::new().await;
    setup.backdoor.put(&direct()).await;
    let refused = setup.create(&relationship::RESOURCE, &direct()).await.unwrap_err();
    assert!(text(&refused).contains("import it by its id `files:a#view@ann`"), "{}", text(&refused));
    assert_eq!(setup.backdoor.list("files").await.len(), 1);
    // A proxy's 404 is no word on a relationship.
    let state = setup
        .engine
        .read(entry("relationship"), State::to_import(&relationship::RESOURCE, "files:a#view@ann").unwrap(), Call::default())
        .await;
    let state = state.unwrap().state.unwrap();
    setup.proxy.then("GET /relation-tuples", Fault::Answer(404, "text/plain", "404 page not found"));
    assert!(setup.engine.read(entry("relationship"), state.clone(), Call::default()).await.is_err());
    // A second row of it, which Keto can hold, goes with it.
    setup.backdoor.put(&direct()).await;
    setup.delete(&relationship::RESOURCE, state).await;
    assert_eq!(setup.backdoor.list("files").await, [] as [Json; 0]);
}

#[tokio::test]
async fn a_missing_namespace_is_explained() {
    let setup = Setup::new().await;
    for (member, value) in [("namespace", "nope"), ("subject_set_namespace", "nope")] {
        let mut config = json!({
            "namespace": "files", "object": "a", "relation": "view",
            "subject_set_namespace": "groups", "subject_set_object": "g", "subject_set_relation": "member",
        });
        config[member] = json!(value);
        let refused = text(&setup.create(&relationship::RESOURCE, &config).await.unwrap_err());
        assert!(refused.contains("The namespace does not exist") && refused.contains("namespaces"), "{refused}");
        // Keto keeps the tuples of a namespace that is gone: nobody sees them, and they are back with it.
        let value = stored::from_json(&relationship::RESOURCE.table, &config).unwrap();
        let state = State { id: None, value, private: Default::default() };
        let read = setup.engine.read(entry("relationship"), state.clone(), Call::default()).await.unwrap();
        assert_eq!(read.state.map(|kept| kept.value).as_ref(), Some(&state.value));
        assert!(read.warnings.iter().any(|warning| warning.summary == "The namespace does not exist"), "{:?}", read.warnings);
        let refused = text(&setup.engine.delete(entry("relationship"), state, Call::default()).await.unwrap_err());
        assert!(refused.contains("cannot be deleted without its namespace") && refused.contains("Nothing was deleted"), "{refused}");
        // An import does not find it.
        let id = relationship::RESOURCE.found_by.unwrap()(janiform::schema::Object::new(
            &relationship::RESOURCE.table,
            &stored::from_json(&relationship::RESOURCE.table, &config).unwrap(),
        ));
        let stub = State::to_import(&relationship::RESOURCE, &id.unwrap()).unwrap();
        assert!(setup.read(&relationship::RESOURCE, &stub).await.is_none());
    }
    let all = json!({ "namespace": "nope", "object": "a", "relationships": many(None, &["ann"]) });
    let value = stored::from_json(&relationships::RESOURCE.table, &all).unwrap();
    let state = State { id: Some("nope:a".into()), value, private: Default::default() };
    let read = setup.engine.read(entry("relationships"), state.clone(), Call::default()).await.unwrap();
    assert_eq!((read.state.as_ref().map(|kept| &kept.value), read.warnings.len()), (Some(&state.value), 1));
    let refused = text(&setup.engine.delete(entry("relationships"), state, Call::default()).await.unwrap_err());
    assert!(refused.contains("cannot be deleted without its namespace"), "{refused}");
    assert!(text(&setup.create(&relationships::RESOURCE, &all).await.unwrap_err()).contains("The namespace does not exist"));
}

fn group(subjects: std::ops::Range<usize>) -> Json {
    let item = |number: usize| json!({ "object": format!("o{}", number % 20), "relation": "view", "subject_id": format!("user-{number}") });
    json!({ "namespace": "files", "relationships": subjects.map(item).collect::<Vec<_>>() })
}

#[tokio::test]
async fn hundreds_take_a_handful_of_requests() {
    let setup = Setup::new().await;
    // Others in the same place.
    for number in 1000..1050 {
        setup
            .backdoor
            .put(&json!({ "namespace": "files", "object": "o1", "relation": "view", "subject_id": format!("user-{number}") }))
            .await;
    }
    let mut before = setup.emulator.requests().len();
    let mut took = |setup: &Setup| {
        let now = setup.emulator.requests().len();
        now - std::mem::replace(&mut before, now)
    };
    let made = setup.create(&relationships::RESOURCE, &group(0..200)).await.unwrap().state;
    assert!(took(&setup) <= 2, "creating took more");
    assert_eq!(setup.backdoor.list("files").await.len(), 250);
    took(&setup);
    assert_eq!(setup.read(&relationships::RESOURCE, &made).await.as_ref(), Some(&made));
    assert!(took(&setup) <= 2, "reading took more");
    let changed = setup.update(&relationships::RESOURCE, &made, &group(20..220)).await.unwrap().state;
    assert!(took(&setup) <= 4, "updating took more");
    assert_eq!(setup.backdoor.list("files").await.len(), 250);
    took(&setup);
    setup.delete(&relationships::RESOURCE, changed).await;
    assert_eq!(took(&setup), 1);
    let left = setup.backdoor.list("files").await;
    assert!(left.len() == 50 && left.iter().all(|tuple| tuple["subject_id"].as_str().unwrap().starts_with("user-10")));

    // More than one request's worth, with the answer to the second one lost.
    setup.proxy.then("PATCH", Fault::Answer(503, "text/plain", "busy"));
    let made = setup.create(&relationships::RESOURCE, &group(0..700)).await.unwrap().state;
    assert_eq!(setup.backdoor.list("files").await.len(), 750);
    setup.delete(&relationships::RESOURCE, made).await;
    assert_eq!(setup.backdoor.list("files").await.len(), 50);
}

/// An update reads and writes only the relationships that change, however many there are.
#[tokio::test]
async fn one_of_many_changes_with_two_requests() {
    let setup = Setup::new().await;
    let resource = &relationships::RESOURCE;
    let of_one = |numbers: std::ops::Range<usize>| {
        let item = |number: usize| json!({ "relation": "view", "subject_id": format!("user-{number}") });
        json!({ "namespace": "files", "object": "a", "relationships": numbers.map(item).collect::<Vec<_>>() })
    };
    for config in [group as fn(std::ops::Range<usize>) -> Json, of_one] {
        let made = setup.create(resource, &config(0..1_100)).await.unwrap().state;
        // Somebody deletes another relationship after the refresh. The plan does not contain it; the next refresh shows it.
        let id = if config(0..1)["object"].is_null() { "files:o7#view@user-7" } else { "files:a#view@user-7" };
        setup.backdoor.delete(id).await;
        let before = setup.emulator.requests().len();
        let changed = setup.update(resource, &made, &config(1..1_101)).await.unwrap();
        let asked: Vec<_> = setup.emulator.requests()[before..].iter().map(|(method, path, _)| format!("{method} {path}")).collect();
        assert_eq!(asked, ["GET /relation-tuples", "PATCH /admin/relation-tuples"]);
        assert!(changed.warnings.is_empty(), "{:?}", changed.warnings);
        assert_eq!(setup.backdoor.list("files").await.len(), 1_099);
        let seen = setup.read(resource, &changed.state).await.unwrap();
        assert_eq!(get(resource, &seen.value, "relationships").as_list().unwrap().len(), 1_099);
        setup.delete(resource, seen).await;
        assert_eq!(setup.backdoor.list("files").await, [] as [Json; 0]);
    }
}

#[tokio::test]
async fn a_set_manages_only_the_listed_relationships() {
    let setup = Setup::new().await;
    let resource = &relationships::RESOURCE;
    let other = json!({ "namespace": "files", "object": "a", "relation": "view", "subject_id": "zoe" });
    setup.backdoor.put(&other).await;
    let config = |subjects: &[&str]| json!({ "namespace": "files", "object": "a", "relationships": many(None, subjects) });

    // One that is there already is not taken over.
    let refused = text(&setup.create(resource, &config(&["ann", "zoe"])).await.unwrap_err());
    assert!(refused.contains("`files:a#view@zoe`") && refused.contains("its id `files:a`"), "{refused}");
    assert_eq!(setup.backdoor.list("files").await, std::slice::from_ref(&other));

    let made = setup.create(resource, &config(&["ann", "bob"])).await.unwrap().state;
    assert_eq!((made.id.as_deref(), setup.backdoor.list("files").await.len()), (Some("files:a"), 4));
    // Somebody takes one away and adds another: the first is missed, the other none of our business.
    setup.backdoor.delete("files:a#view@ann").await;
    setup.backdoor.put(&json!({ "namespace": "files", "object": "a", "relation": "edit", "subject_id": "ann" })).await;
    let seen = setup.read(resource, &made).await.unwrap();
    assert_eq!(get(resource, &seen.value, "relationships").as_list().unwrap().len(), 2);
    let repaired = setup.update(resource, &seen, &config(&["ann", "bob"])).await.unwrap();
    assert_eq!((repaired.warnings.len(), setup.backdoor.list("files").await.len()), (0, 5));
    // One more that exists by now is managed from now on, which is said.
    let grown = setup.update(resource, &repaired.state, &config(&["ann", "bob", "zoe"])).await.unwrap();
    assert!(grown.warnings.iter().any(|warning| warning.detail.contains("`files:a#view@zoe`")), "{:?}", grown.warnings);
    assert_eq!(setup.backdoor.list("files").await.len(), 5);
    let shrunk = setup.update(resource, &grown.state, &config(&["bob"])).await.unwrap();
    assert_eq!(setup.backdoor.list("files").await.len(), 3);
    setup.delete(resource, shrunk.state).await;
    assert_eq!(setup.backdoor.list("files").await.len(), 1);
}

#[tokio::test]
async fn exclusive_deletes_others_only_after_a_plan_has_shown_them() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
    let put = |object: &str, subject: &str| json!({ "namespace": "files", "object": object, "relation": "view", "subject_id": subject });
    backdoor.put(&put("a", "zoe")).await;
    backdoor.put(&put("b", "zoe")).await;
    let mut config = json!({ "namespace": "files", "object": "a", "exclusive": true, "relationships": many(None, &["ann"]) });
    let mut thing = core.thing("ory_relationships");
    core.apply(&mut thing, &config).await.unwrap();
    // It was not in that plan, so it is still there; the next one shows it.
    assert_eq!(backdoor.list("files:a").await.len(), 3);
    let planned = core.plan(&thing, &config).await.unwrap();
    assert_eq!(planned.action, Action::Update);
    core.apply(&mut thing, &config).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
    assert_eq!((backdoor.list("files:a").await.len(), backdoor.list("files:b").await.len()), (2, 1));
    // What is added later is drift, of this object alone.
    backdoor.put(&put("a", "yan")).await;
    backdoor.put(&put("c", "yan")).await;
    assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Update);
    core.settled(&thing, &config).await.unwrap();
    assert_eq!((backdoor.list("files:a").await.len(), backdoor.list("files").await.len()), (2, 4));
    // Imported, all of it is there.
    backdoor.put(&put("a", "yan")).await;
    let imported = core.import("ory_relationships", "files:a").await.unwrap();
    config["exclusive"] = Json::Null;
    config["relationships"] = many(None, &["yan", "ann"]);
    core.settled(&imported, &config).await.unwrap();
    // A whole namespace, too.
    config = json!({ "namespace": "files", "relationships": [] });
    for tuple in backdoor.list("files").await {
        let mut item = tuple.as_object().unwrap().clone();
        item.remove("namespace");
        if let Some(Json::Object(set)) = item.remove("subject_set") {
            item.extend(set.into_iter().map(|(name, value)| (format!("subject_set_{name}"), value)));
        }
        config["relationships"].as_array_mut().unwrap().push(Json::Object(item));
    }
    let mut imported = core.import("ory_relationships", "files").await.unwrap();
    core.settled(&imported, &config).await.unwrap();
    core.destroy(&mut imported).await.unwrap();
    assert_eq!(backdoor.list("files").await, [] as [Json; 0]);
}

/// What the official provider and Pulumi's bridge to it left, beside what Keto held.
#[tokio::test]
async fn recorded_states_are_adopted_unchanged() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
    let set = json!({ "namespace": "groups", "object": "staff", "relation": "member" });
    backdoor.put(&json!({ "namespace": "files", "object": "report.pdf", "relation": "view", "subject_set": set })).await;
    backdoor.put(&json!({ "namespace": "files", "object": "report.pdf", "relation": "view", "subject_id": "alice" })).await;
    for (id, direct, group) in [
        ("files:report.pdf#view@alice", json!("alice"), [Json::Null, Json::Null, Json::Null]),
        ("files:report.pdf#view@groups:staff#member", Json::Null, [json!("groups"), json!("staff"), json!("member")]),
    ] {
        let [namespace, object, relation] = group;
        let config = json!({
            "namespace": "files", "object": "report.pdf", "relation": "view", "subject_id": direct,
            "subject_set_namespace": namespace, "subject_set_object": object, "subject_set_relation": relation,
        });
        let mut state = config.clone();
        state["id"] = json!(id);
        let thing = core.moved("ory_relationship", "registry.terraform.io/ory/ory", "ory_relationship", 0, &state).await.unwrap();
        assert_eq!(thing.state.as_ref().unwrap().value.get("id").text(), Some(id));
        core.settled(&thing, &config).await.unwrap();
    }
    assert_eq!(backdoor.list("files").await.len(), 2);
}

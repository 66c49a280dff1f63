//! Subject sets without a relation, which Ory Keto writes as `User:Tom`: a missing relation equals the empty one, in every
//! place for a set.

use super::{Keto, keto, provider};
use crate::{
    ory::queries::Faces,
    pulumi::{
        Recorder,
        engine::{Done, Host},
        every::spell,
        wire::plain,
    },
    terraform::core::{Action, Core},
};
use janiform::{
    engine::Engine,
    frontends::pulumi::Server,
    ory::{
        ORY,
        resources::{relationship, relationships},
    },
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const TYPE: &str = "ory_relationship";
const TOKEN: &str = "ory:index/relationship:Relationship";

/// Whether its relation is left out, empty or null.
fn tom(relation: Option<Json>) -> Json {
    let mut config = json!({
        "namespace": "files", "object": "secret", "relation": "view",
        "subject_set_namespace": "groups", "subject_set_object": "Tom",
    });
    if let Some(relation) = relation {
        config["subject_set_relation"] = relation;
    }
    config
}

/// The same as Keto has it.
fn tuple() -> Json {
    json!({ "namespace": "files", "object": "secret", "relation": "view", "subject_set": { "namespace": "groups", "object": "Tom", "relation": "" } })
}

#[tokio::test]
async fn a_set_needs_no_relation_under_terraform() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
    for relation in [None, Some(json!(""))] {
        let config = tom(relation);
        let mut thing = core.thing(TYPE);
        core.apply(&mut thing, &config).await.unwrap();
        core.settled(&thing, &config).await.unwrap();
        assert_eq!(backdoor.list("files").await, [tuple()]);
        // The id is what it was before a relation could be left out.
        assert_eq!(thing.state.as_ref().unwrap().value.get("id").text(), Some("files:secret#view@groups:Tom#"));
        for other in [tom(None), tom(Some(json!(""))), config.clone()] {
            let writes = emulator.requests().iter().filter(|(method, ..)| method != "GET").count();
            assert_ne!(core.apply(&mut thing, &other).await.unwrap(), Action::Replace, "{other}");
            assert_eq!(emulator.requests().iter().filter(|(method, ..)| method != "GET").count(), writes);
            core.settled(&thing, &other).await.unwrap();
        }
        let member = tom(Some(json!("member")));
        assert_eq!(core.plan(&thing, &member).await.unwrap().action, Action::Replace);
        core.destroy(&mut thing).await.unwrap();
        assert_eq!(backdoor.list("files").await, [] as [Json; 0]);
    }
}

#[tokio::test]
async fn a_set_needs_no_relation_under_pulumi() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &provider(&emulator.url()))).await.unwrap();
    let program = |relation| spell(&relationship::RESOURCE.table, &tom(relation));
    host.up(TOKEN, "it", &program(None)).await.unwrap();
    assert_eq!(backdoor.list("files").await, [tuple()]);
    assert_ne!(host.up(TOKEN, "it", &program(Some(json!("")))).await.unwrap().done, Done::Replaced);
    assert_eq!(backdoor.list("files").await, [tuple()]);
    for id in IDS {
        let imported = host.import(TOKEN, "imported", id).await.unwrap().unwrap();
        assert_eq!(plain(&imported.inputs)["subjectSetObject"], "Tom", "{id}");
        host.state.remove("imported");
    }
    host.destroy().await.unwrap();
}

/// Every way to write the id, Keto's own among them.
const IDS: [&str; 6] = [
    "files:secret#view@groups:Tom",
    "files:secret#view@(groups:Tom)",
    "files:secret#view@groups:Tom#",
    "files:secret#view@(groups:Tom#)",
    "%files:secret#view@groups:Tom",
    "%files:secret#view@groups:Tom#",
];

#[tokio::test]
async fn every_form_of_the_id_is_imported() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
    backdoor.put(&tuple()).await;
    for id in IDS {
        let thing = core.import(TYPE, id).await.unwrap();
        core.settled(&thing, &tom(None)).await.unwrap();
        let found = core.data(TYPE, &json!({ "id": id })).await.unwrap();
        assert_eq!(found.get("subject_set_object").text(), Some("Tom"), "{id}");
    }
    let mut thing = core.import(TYPE, IDS[0]).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
    assert_eq!(backdoor.list("files").await, [] as [Json; 0]);

    // A single subject may be called so too: it is found where there is no such set.
    let subject = |id: &str| json!({ "namespace": "files", "object": "secret", "relation": "view", "subject_id": id });
    for (id, name) in [(IDS[0], "groups:Tom"), (IDS[1], "(groups:Tom)"), ("files:secret#view@User:Tom", "User:Tom")] {
        backdoor.put(&subject(name)).await;
        let thing = core.import(TYPE, id).await.unwrap();
        core.settled(&thing, &subject(name)).await.unwrap();
        backdoor.delete("files").await;
    }
    // And where there are both, nobody guesses.
    backdoor.put(&tuple()).await;
    backdoor.put(&subject("groups:Tom")).await;
    let stop = core.import(TYPE, IDS[0]).await.unwrap_err();
    assert!(stop.says("`files:secret#view@groups:Tom#`") && stop.says("`%files:secret#view@groups%3ATom`"), "{stop:?}");
    let set = core.import(TYPE, "files:secret#view@groups:Tom#").await.unwrap();
    core.settled(&set, &tom(None)).await.unwrap();
    let one = core.import(TYPE, "%files:secret#view@groups%3ATom").await.unwrap();
    core.settled(&one, &subject("groups:Tom")).await.unwrap();
}

#[tokio::test]
async fn many_sets_need_no_relation() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
    let config = |relation: Option<&str>| {
        let mut set = json!({ "relation": "view", "subject_set_namespace": "groups", "subject_set_object": "Tom" });
        if let Some(relation) = relation {
            set["subject_set_relation"] = json!(relation);
        }
        json!({ "namespace": "files", "object": "secret", "exclusive": true, "relationships": [set, { "relation": "view", "subject_id": "ann" }] })
    };
    let mut thing = core.thing("ory_relationships");
    core.apply(&mut thing, &config(None)).await.unwrap();
    core.settled(&thing, &config(None)).await.unwrap();
    assert_eq!(backdoor.list("files").await.len(), 2);
    assert_eq!(core.plan(&thing, &config(Some(""))).await.unwrap().action, Action::NoOp);
    let mut imported = core.import("ory_relationships", "files:secret").await.unwrap();
    for relation in [None, Some("")] {
        core.apply(&mut imported, &config(relation)).await.unwrap();
        core.settled(&imported, &config(relation)).await.unwrap();
    }
    assert_eq!(backdoor.list("files").await.len(), 2);
    // Two spellings of one relationship are one.
    let mut twice = config(None);
    twice["relationships"][1] = config(Some(""))["relationships"][0].clone();
    let stop = core.validate("ory_relationships", &twice).await.unwrap_err();
    assert!(stop.says("listed twice"), "{stop:?}");
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &provider(&emulator.url()))).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
    let token = "ory:index/relationships:Relationships";
    let program = |relation| spell(&relationships::RESOURCE.table, &config(relation));
    host.up(token, "it", &program(None)).await.unwrap();
    assert_eq!(host.up(token, "it", &program(Some(""))).await.unwrap().done, Done::Nothing);
    host.destroy().await.unwrap();
}

#[tokio::test]
async fn a_set_is_queried_without_its_relation() {
    let emulator = keto().await;
    let backdoor = Keto::at(&emulator.url());
    backdoor.put(&tuple()).await;
    backdoor.put(&json!({ "namespace": "files", "object": "secret", "relation": "view", "subject_set": { "namespace": "groups", "object": "Tom", "relation": "member" } })).await;
    let mut faces = Faces::to(&emulator.url()).await;
    let set = json!({ "subject_set_namespace": "groups", "subject_set_object": "Tom" });
    let mut empty = set.clone();
    empty["subject_set_relation"] = json!("");
    for asked in [&set, &empty] {
        let found = faces.ask("relationships", asked).await;
        assert_eq!(found["relationships"].as_array().unwrap().len(), 1, "{asked}");
        assert_eq!(found["relationships"][0]["subject_set_relation"], "");
        let mut check = asked.clone();
        check
            .as_object_mut()
            .unwrap()
            .extend(json!({ "namespace": "files", "object": "secret", "relation": "view" }).as_object().unwrap().clone());
        assert_eq!(faces.ask("permission_check", &check).await["allowed"], true, "{check}");
    }
    // An empty part of a relationship is a value to Ory Keto, and no word for all of them.
    assert_eq!(faces.ask("relationships", &json!({ "namespace": "files", "object": "" })).await["relationships"], json!([]));
}

//! The lives of parts of a document through both faces.

use super::{
    provider::PROVIDER,
    server::{ID, Warehouse},
};
use crate::{
    pulumi::{
        Recorder,
        engine::{Done, Host},
    },
    support::stored,
    terraform::{
        core::Core,
        lifecycle::{Lifecycle, World},
    },
};
use async_trait::async_trait;
use janiform::{
    engine::Engine,
    frontends::pulumi::Server,
    schema::{Attr, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

struct Backdoor(Warehouse);

/// The element of this id in the document, or the document itself.
fn part<'a>(document: &'a mut Json, resource: &Resource, id: &str) -> Option<&'a mut Json> {
    let (list, is_it): (_, fn(&Json, &str) -> bool) = match resource.name {
        "settings" => return Some(document),
        "shelf" => ("/shelves", |shelf, id| shelf["id"] == id),
        "hook" => ("/hooks", |hook, id| hook["config"]["name"] == id),
        _ => ("/meta/labels", |label, id| label == id),
    };
    document.pointer_mut(list)?.as_array_mut()?.iter_mut().find(|item| is_it(item, id))
}

/// Puts a value where the names lead to, or takes it away.
fn put(at: &mut Json, names: &[&str], value: Option<Json>) {
    match (names, value) {
        ([], value) => *at = value.unwrap_or_default(),
        ([name], None) => drop(at.as_object_mut().map(|members| members.remove(*name))),
        ([name, rest @ ..], value) => put(&mut at[*name], rest, value),
    }
}

#[async_trait]
impl World for Backdoor {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        if resource.name == "label" || attr.name == "warehouse" || attr.replaces {
            return false;
        }
        self.0.edit(|document| {
            if ["alarm", "guard"].contains(&attr.name) {
                let hooks = document["hooks"].as_array_mut().unwrap();
                hooks.retain(|hook| hook["kind"] != attr.name);
                if value == Some(&Value::Bool(true)) {
                    hooks.push(json!({ "kind": attr.name }));
                }
                return;
            }
            let value = value.map(|value| stored::kind_to_json(&attr.kind, value));
            let value = match value {
                Some(Json::Object(boiler)) if attr.name == "boiler" => {
                    let mut there = json!({});
                    boiler.get("maker").filter(|maker| !maker.is_null()).map(|maker| there["maker"] = maker.clone());
                    boiler.get("power").filter(|power| !power.is_null()).map(|power| there["specification"]["power"] = power.clone());
                    Some(there)
                }
                value => value,
            };
            let pointer = attr.pointer().to_string();
            put(part(document, resource, id).expect("a part"), &pointer.split('/').collect::<Vec<_>>(), value);
        });
        true
    }

    async fn remove(&self, resource: &'static Resource, id: &str) {
        self.0.edit(|document| {
            let one = part(document, resource, id).expect("a part").clone();
            for list in ["/shelves", "/hooks", "/meta/labels"] {
                if let Some(Json::Array(items)) = document.pointer_mut(list) {
                    items.retain(|item| *item != one);
                }
            }
        });
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        // Whether there are settings, nothing says.
        resource.name != "settings" && part(&mut self.0.state().document.clone(), resource, id).is_some()
    }
}

#[tokio::test]
async fn every_attribute_has_its_lifecycles_under_terraform() {
    let warehouse = Warehouse::start().await;
    let mut core = Core::direct(&PROVIDER, json!({ "endpoint": warehouse.server.url() })).await.unwrap();
    let world = Backdoor(warehouse);
    let known = |name: &str| (name == "warehouse").then(|| vec![json!(ID)]);
    let (mut runs, mut failures) = (0, Vec::new());
    for entry in PROVIDER.resources {
        let mut lifecycle = Lifecycle::new(&mut core, &world, "house", entry, known);
        if entry.resource.name == "settings" {
            // A document does not come and go.
            lifecycle = lifecycle.without_the_whole();
        }
        let (more, failed) = lifecycle.run().await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 80, "only {runs} ran");
}

#[tokio::test]
async fn parts_live_under_pulumi() {
    let warehouse = Warehouse::start().await;
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&PROVIDER)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(json!({ "endpoint": warehouse.server.url() })).await.unwrap();
    let lives = [
        ("settings", json!({ "warehouse": ID, "ttl": "90m", "alarm": true }), json!({ "warehouse": ID, "ttl": "2h", "note": "n" })),
        ("shelf", json!({ "shelfId": "a", "label": "one" }), json!({ "shelfId": "a", "height": 3 })),
        ("hook", json!({ "name": "h", "url": "https://a.example" }), json!({ "name": "h", "url": "https://b.example" })),
        ("label", json!({ "text": "one" }), json!({ "text": "two" })),
    ];
    for (name, first, second) in lives {
        let token = format!("house:index/{name}:{}{}", name[..1].to_uppercase(), &name[1..]);
        assert_eq!(host.up(&token, name, &first).await.unwrap().done, Done::Created);
        assert_eq!(host.up(&token, name, &first).await.unwrap().done, Done::Nothing);
        assert!(host.refresh(name).await.unwrap().is_none_or(|diff| diff.diffs.is_empty()), "{name} is as it was made");
        let changed = if name == "label" { Done::Replaced } else { Done::Updated };
        assert_eq!(host.up(&token, name, &second).await.unwrap().done, changed);
        assert_eq!(host.up(&token, name, &second).await.unwrap().done, Done::Nothing);
    }
    assert_eq!(warehouse.at("/shelves"), json!([{ "id": "a", "size": { "height": 3 } }]));
    assert_eq!(warehouse.at("/meta/labels"), json!(["two"]));
    host.destroy().await.unwrap();
    assert_eq!((warehouse.at("/shelves"), warehouse.at("/meta/labels")), (json!([]), json!([])));
    assert_eq!(warehouse.at("/hooks"), json!([{ "kind": "other" }]));
    assert_eq!(warehouse.at("/services/heating/config/kept"), "by others");
}

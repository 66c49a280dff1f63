//! Lifecycles of parts of a document through both faces.

use super::{
    provider::{PROVIDER, entry},
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
        lifecycle::{Backdoor, Lifecycle},
    },
};
use async_trait::async_trait;
use janiform::{
    engine::Engine,
    frontends::pulumi::Server,
    schema::{Attr, Kind, Object, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

struct Stock(Warehouse);

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
impl Backdoor for Stock {
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
            let value = value.map(|value| match &attr.kind {
                // The server has what is in an object where the table says.
                Kind::Object(nested) => Object::new(&nested.table, value).iter().filter(|(_, value)| !value.is_null()).fold(
                    json!({}),
                    |mut there, (inner, value)| {
                        let pointer = inner.pointer().to_string();
                        let value = stored::kind_to_json(&inner.kind, value);
                        put(&mut there, &pointer.split('/').collect::<Vec<_>>(), Some(value));
                        there
                    },
                ),
                kind => stored::kind_to_json(kind, value),
            });
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

/// The lifecycles of these attributes: one after the other, since every write waits for company.
async fn lives_under_terraform(name: &str, wanted: fn(&Attr) -> bool, least: usize) {
    let warehouse = Warehouse::start().await;
    let mut core = Core::direct(&PROVIDER, json!({ "endpoint": warehouse.server.url() })).await.unwrap();
    let backdoor = Stock(warehouse);
    let known = |name: &str| (name == "warehouse").then(|| vec![json!(ID)]);
    let mut lifecycle = Lifecycle::new(&mut core, &backdoor, "house", entry(name), known).only(wanted);
    if name == "settings" {
        // A document does not come and go.
        lifecycle = lifecycle.without_the_whole();
    }
    let (runs, failures) = lifecycle.run().await;
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs >= least, "only {runs} ran");
}

#[tokio::test]
async fn members_at_the_top_live_under_terraform() {
    lives_under_terraform("settings", |attr| attr.under.is_empty(), 15).await;
}

#[tokio::test]
async fn texts_of_a_section_live_under_terraform() {
    lives_under_terraform("settings", |attr| !attr.under.is_empty() && matches!(attr.kind, Kind::String), 20).await;
}

#[tokio::test]
async fn lists_and_objects_of_a_section_live_under_terraform() {
    lives_under_terraform("settings", |attr| !attr.under.is_empty() && !matches!(attr.kind, Kind::String), 10).await;
}

#[tokio::test]
async fn items_by_key_live_under_terraform() {
    lives_under_terraform("shelf", |_| true, 20).await;
}

#[tokio::test]
async fn items_by_likeness_live_under_terraform() {
    lives_under_terraform("hook", |_| true, 5).await;
}

#[tokio::test]
async fn elements_that_are_there_or_not_live_under_terraform() {
    lives_under_terraform("label", |_| true, 3).await;
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

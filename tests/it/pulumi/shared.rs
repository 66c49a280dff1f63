//! Under Pulumi: attributes that are managed only while they are set, aliases of attributes, and the result of an import.

use super::{
    engine::{Done, Host},
    toys,
    wire::{secret, with},
};
use crate::{
    support::stored::kind_to_json,
    toy::{PROXY, Remote},
};
use janiform::{schema::Kind, value::Value};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};

const SETTINGS: &str = "toy:index/settings:Settings";

fn settings(more: Json) -> Json {
    with(&json!({ "settingsId": "s" }), more)
}

fn there(remote: &Remote, place: &str) -> Option<Value> {
    remote.get("settings", "s").unwrap().get(place).cloned()
}

fn set(remote: &Remote, place: &str, value: impl Into<Value>) {
    let value = value.into();
    remote.edit("settings", "s", |fields| drop(fields.insert(place.to_owned(), value)));
}

#[tokio::test]
async fn unset_shared_attributes_are_neither_read_nor_written() {
    let (mut host, remote, _) = toys().await;
    host.up(SETTINGS, "it", &settings(json!({}))).await.unwrap();
    assert_eq!(host.state["it"].outputs.get("theme"), None);
    set(&remote, "look/config/theme", "blue");
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    remote.requests();
    let dark = settings(json!({ "dark": true }));
    assert_eq!(host.up(SETTINGS, "it", &dark).await.unwrap().done, Done::Updated);
    let sent = remote.requests().remove(0).body;
    assert!(sent.contains_key("look/config/dark") && !sent.contains_key("look/config/theme"), "{sent:?}");
    assert_eq!(host.up(SETTINGS, "it", &dark).await.unwrap().done, Done::Nothing);
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    assert_eq!(host.up(SETTINGS, "it", &settings(json!({}))).await.unwrap().done, Done::Updated);
    assert_eq!(there(&remote, "look/config/dark"), Some(Value::Bool(false)));
    assert_eq!(there(&remote, "look/config/theme"), Some("blue".into()));
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    host.destroy().await.unwrap();
}

#[tokio::test]
async fn an_import_reads_selected_attributes_and_releases_them() {
    let (mut host, remote, _) = toys().await;
    host.up(SETTINGS, "first", &settings(json!({}))).await.unwrap();
    set(&remote, "look/config/theme", "blue");
    for (id, taken) in [("s", &[][..]), ("s:*", &["theme", "dark", "most"]), ("s:theme,most", &["theme", "most"])] {
        let stored = host.import(SETTINGS, "imported", id).await.unwrap().unwrap();
        for name in ["theme", "dark", "most", "fonts", "parent"] {
            let of = [&stored.inputs, &stored.outputs].map(|object| object.get(name).is_some());
            assert_eq!(of, [taken.contains(&name); 2], "{id}: {name}");
        }
        assert_eq!(stored.id, "s", "{id}");
    }
    let refused = host.import(SETTINGS, "imported", "s:themes").await.unwrap_err();
    assert!(format!("{refused:?}").contains("selects an unknown attribute"), "{refused:?}");

    host.import(SETTINGS, "imported", "s:*").await.unwrap().unwrap();
    remote.requests();
    let config = settings(json!({ "most": 30 }));
    assert_eq!(host.up(SETTINGS, "imported", &config).await.unwrap().done, Done::Updated);
    let sent = remote.requests().remove(0).body;
    assert!(!sent.contains_key("look/config/theme") && !sent.contains_key("look/config/dark"), "{sent:?}");
    assert_eq!((there(&remote, "look/config/theme"), there(&remote, "limits/most")), (Some("blue".into()), Some(Value::from(30))));
    assert_eq!(host.up(SETTINGS, "imported", &config).await.unwrap().done, Done::Nothing);
    // From now on it is one that an apply has set, which a refresh does not forget.
    assert_eq!(host.refresh("imported").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    assert_eq!(host.up(SETTINGS, "imported", &settings(json!({}))).await.unwrap().done, Done::Updated);
    assert_eq!(there(&remote, "limits/most"), Some(Value::from(10)));
}

/// Version 0.1 kept the names of what an update has set.
#[tokio::test]
async fn older_stacks_are_still_read() {
    let (mut host, remote, _) = toys().await;
    let dark = settings(json!({ "dark": true, "most": 20 }));
    host.up(SETTINGS, "it", &dark).await.unwrap();
    assert_eq!(host.state["it"].outputs["__applied"], true);
    let store = |host: &mut Host, applied: Option<Json>| {
        let outputs = host.state.get_mut("it").unwrap().outputs.as_object_mut().unwrap();
        outputs.remove("__applied");
        outputs.extend(applied.map(|applied| ("__applied".to_owned(), applied)));
    };
    store(&mut host, Some(json!(["dark", "most"])));
    assert_eq!(host.up(SETTINGS, "it", &dark).await.unwrap().done, Done::Nothing);
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    assert_eq!(host.up(SETTINGS, "it", &settings(json!({ "most": 20 }))).await.unwrap().done, Done::Updated);
    assert_eq!(there(&remote, "look/config/dark"), Some(Value::Bool(false)), "what is named is ours to clear");
    store(&mut host, None);
    assert_eq!(host.up(SETTINGS, "it", &settings(json!({}))).await.unwrap().done, Done::Updated);
    assert_eq!(there(&remote, "limits/most"), Some(Value::from(20)), "what an import has left there is not");
}

#[tokio::test]
async fn an_attribute_may_have_another_name() {
    let (mut host, remote, _) = toys().await;
    let (old, new) = (settings(json!({ "colour": "red" })), settings(json!({ "theme": "red" })));
    host.up(SETTINGS, "it", &old).await.unwrap();
    assert_eq!(there(&remote, "look/config/theme"), Some("red".into()));
    assert_eq!((host.state["it"].outputs.get("colour"), host.state["it"].outputs.get("theme")), (Some(&json!("red")), None));
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    set(&remote, "look/config/theme", "blue");
    let seen = host.refresh("it").await.unwrap().unwrap();
    assert_eq!(seen.diffs, ["colour"], "drift shows under the name in use");
    assert_eq!(host.up(SETTINGS, "it", &old).await.unwrap().done, Done::Updated);
    assert_eq!(host.up(SETTINGS, "it", &new).await.unwrap().done, Done::Updated);
    assert_eq!((host.state["it"].outputs.get("colour"), host.state["it"].outputs.get("theme")), (None, Some(&json!("red"))));
    assert_eq!(host.up(SETTINGS, "it", &new).await.unwrap().done, Done::Nothing);
    assert_eq!(there(&remote, "look/config/theme"), Some("red".into()));
    host.destroy().await.unwrap();
}

#[tokio::test]
async fn elements_with_keys_keep_their_identity_in_any_order() {
    let (mut host, remote, _) = toys().await;
    let hook = |name: &str, url: &str| json!({ "name": name, "url": url });
    let config = settings(json!({ "hooks": [hook("b", "https://b.example/"), hook("a", "https://a.example")] }));
    host.up(SETTINGS, "it", &config).await.unwrap();
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    let turned = settings(json!({ "hooks": [hook("a", "https://a.example"), hook("b", "https://b.example")] }));
    assert_eq!(host.up(SETTINGS, "it", &turned).await.unwrap().done, Done::Nothing);
    let changed = settings(json!({ "hooks": [hook("a", "https://a.example"), hook("b", "https://c.example")] }));
    assert_eq!(host.up(SETTINGS, "it", &changed).await.unwrap().done, Done::Updated);
    assert!(there(&remote, "look/config/hooks").is_some());
    host.destroy().await.unwrap();
}

#[tokio::test]
async fn a_write_only_value_within_an_object_is_sent_when_it_changes_and_is_no_output() {
    let (mut host, remote, _) = toys().await;
    let login = |user: &str, pin: &str| settings(json!({ "proxy": { "host": "h", "login": { "user": user, "pinWo": secret(pin) } } }));
    let has = |canary: &str| kind_to_json(&Kind::Object(&PROXY), &there(&remote, "limits/proxy").unwrap()).to_string().contains(canary);
    host.up(SETTINGS, "it", &login("ann", "canary-1")).await.unwrap();
    assert!(has("canary-1"));
    assert!(!host.state["it"].outputs.to_string().contains("canary"), "{:?}", host.state["it"].outputs);
    assert_eq!(host.up(SETTINGS, "it", &login("ann", "canary-1")).await.unwrap().done, Done::Nothing);
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    assert_eq!(host.up(SETTINGS, "it", &login("ann", "canary-1")).await.unwrap().done, Done::Nothing, "a refresh forgets no input");
    assert_eq!(host.up(SETTINGS, "it", &login("ann", "canary-2")).await.unwrap().done, Done::Updated);
    assert!(has("canary-2"));
    host.destroy().await.unwrap();
}

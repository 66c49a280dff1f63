//! Under Terraform: attributes that are managed only while they are set, aliases of attributes, and the result of an import.

use super::core::{Action, Core, Thing};
use crate::{
    support::stored::{kind_from_json, kind_to_json},
    toy::{HOOK, PROXY, Remote, TOY},
};
use janiform::{schema::Kind, value::Value};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const TYPE: &str = "toy_settings";
static HOOKS: Kind = Kind::List(&Kind::Object(&HOOK));

async fn toys() -> (Core, Arc<Remote>) {
    let remote = Remote::start();
    (Core::new(&TOY, json!({ "endpoint": remote.name })).await.unwrap(), remote)
}

fn settings(more: Json) -> Json {
    let mut all = json!({ "settings_id": "s" });
    all.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    all
}

/// What the state has of an attribute.
fn state(thing: &Thing, name: &str) -> Json {
    thing.state.as_ref().unwrap().value.get(name).to_json()
}

/// What the server has at a place.
fn there(remote: &Remote, place: &str) -> Option<Value> {
    remote.get("settings", "s").unwrap().get(place).cloned()
}

fn set(remote: &Remote, place: &str, value: impl Into<Value>) {
    let value = value.into();
    remote.edit("settings", "s", |fields| drop(fields.insert(place.to_owned(), value)));
}

#[tokio::test]
async fn unset_shared_attributes_are_neither_read_nor_written() {
    let (mut core, remote) = toys().await;
    let mut thing = core.thing(TYPE);
    assert_eq!(core.apply(&mut thing, &settings(json!({}))).await.unwrap(), Action::Create);
    assert_eq!((state(&thing, "theme"), there(&remote, "look/config/theme")), (Json::Null, Some("light".into())));
    core.settled(&thing, &settings(json!({}))).await.unwrap();
    // Others change it: that is theirs.
    set(&remote, "look/config/theme", "blue");
    core.settled(&thing, &settings(json!({}))).await.unwrap();
    remote.requests();
    let dark = settings(json!({ "dark": true, "fonts": [] }));
    assert_eq!(core.apply(&mut thing, &dark).await.unwrap(), Action::Update);
    core.settled(&thing, &dark).await.unwrap();
    let sent = remote.requests().remove(0).body;
    assert_eq!(sent.get("look/config/dark"), Some(&Value::Bool(true)));
    // The empty value is one of its own.
    assert_eq!(there(&remote, "look/config/fonts"), Some(Value::List(Vec::new())));
    assert!(!sent.contains_key("look/config/theme") && !sent.contains_key("limits/most"), "{sent:?}");
    // What an apply has set is taken back when nobody sets it any more, and only that.
    assert_eq!(core.apply(&mut thing, &settings(json!({}))).await.unwrap(), Action::Update);
    core.settled(&thing, &settings(json!({}))).await.unwrap();
    assert_eq!(there(&remote, "look/config/dark"), Some(Value::Bool(false)));
    assert_eq!(there(&remote, "look/config/fonts"), None);
    assert_eq!((state(&thing, "dark"), there(&remote, "look/config/theme")), (Json::Null, Some("blue".into())));
}

#[tokio::test]
async fn an_import_reads_selected_attributes() {
    let (mut core, remote) = toys().await;
    let mut thing = core.thing(TYPE);
    core.apply(&mut thing, &settings(json!({}))).await.unwrap();
    set(&remote, "look/config/theme", "blue");
    for (id, taken) in [("s", &[][..]), ("s:*", &["theme", "dark", "most"]), ("s:theme,most", &["theme", "most"]), ("s:", &[])] {
        let imported = core.import(TYPE, id).await.unwrap();
        for name in ["theme", "dark", "most", "fonts", "parent"] {
            assert_eq!(!state(&imported, name).is_null(), taken.contains(&name), "{id}: {name}");
        }
        assert_eq!(state(&imported, "id"), "s", "{id}");
        // What is nobody's choice is read anyway.
        assert_eq!(state(&imported, "shape"), "round", "{id}");
    }
    for wrong in ["s:themes", "s:shape", "s:theme,x"] {
        let refused = core.import(TYPE, wrong).await.unwrap_err();
        assert!(refused.says("selects an unknown attribute") && refused.says("s:*"), "{wrong}: {refused:?}");
    }
}

#[tokio::test]
async fn attributes_read_by_an_import_alone_are_released() {
    let (mut core, remote) = toys().await;
    let mut thing = core.thing(TYPE);
    core.apply(&mut thing, &settings(json!({}))).await.unwrap();
    set(&remote, "look/config/theme", "blue");
    set(&remote, "limits/most", 20);
    let mut imported = core.import(TYPE, "s:*").await.unwrap();
    let config = settings(json!({ "most": 30 }));
    remote.requests();
    assert_eq!(core.apply(&mut imported, &config).await.unwrap(), Action::Update);
    let sent = remote.requests().remove(0).body;
    assert!(!sent.contains_key("look/config/theme") && !sent.contains_key("look/config/dark"), "{sent:?}");
    assert_eq!((there(&remote, "look/config/theme"), there(&remote, "limits/most")), (Some("blue".into()), Some(Value::from(30))));
    core.settled(&imported, &config).await.unwrap();
    // From now on it is one that an apply has set.
    assert_eq!(core.apply(&mut imported, &settings(json!({}))).await.unwrap(), Action::Update);
    assert_eq!(there(&remote, "limits/most"), Some(Value::from(10)));
}

/// The private data that version 0.1 kept: the names of what an apply has set.
#[tokio::test]
async fn older_private_data_is_still_read() {
    let (mut core, remote) = toys().await;
    let mut thing = core.thing(TYPE);
    let dark = settings(json!({ "dark": true, "most": 20 }));
    core.apply(&mut thing, &dark).await.unwrap();
    let private = |thing: &mut Thing, bytes: &[u8]| thing.state.as_mut().unwrap().private = bytes.to_vec();
    private(&mut thing, br#"{"write_only":[],"applied":["dark","most"]}"#);
    core.settled(&thing, &dark).await.unwrap();
    // What is named is ours to clear,
    let mut applied = thing.clone();
    assert_eq!(core.apply(&mut applied, &settings(json!({}))).await.unwrap(), Action::Update);
    assert_eq!((there(&remote, "look/config/dark"), there(&remote, "limits/most")), (Some(Value::Bool(false)), Some(Value::from(10))));
    // and what an import has left there is not.
    set(&remote, "look/config/dark", true);
    private(&mut thing, br#"{"write_only":[]}"#);
    core.settled(&thing, &dark).await.unwrap_err();
    assert_eq!(core.apply(&mut thing, &settings(json!({}))).await.unwrap(), Action::Update);
    assert_eq!(there(&remote, "look/config/dark"), Some(Value::Bool(true)));
}

/// Terraform writes the state anew for each object that it makes: what is in it beside the attributes is paid for often.
#[tokio::test]
async fn private_data_does_not_grow_with_what_is_set() {
    let (mut core, _) = toys().await;
    let mut thing = core.thing(TYPE);
    let everything = settings(json!({ "theme": "dark", "dark": true, "fonts": ["a"], "most": 3 }));
    core.apply(&mut thing, &everything).await.unwrap();
    let private = thing.state.as_ref().unwrap().private.clone();
    assert!(!private.is_empty() && private.len() <= 32, "{}", String::from_utf8_lossy(&private));
}

#[tokio::test]
async fn an_attribute_may_have_another_name() {
    let (mut core, remote) = toys().await;
    let mut thing = core.thing(TYPE);
    let (old, new) = (settings(json!({ "colour": "red" })), settings(json!({ "theme": "red" })));
    core.apply(&mut thing, &old).await.unwrap();
    core.settled(&thing, &old).await.unwrap();
    assert_eq!((state(&thing, "colour"), state(&thing, "theme")), (json!("red"), Json::Null));
    assert_eq!(there(&remote, "look/config/theme"), Some("red".into()));
    // Drift shows under the name in use.
    set(&remote, "look/config/theme", "blue");
    assert_eq!(core.apply(&mut thing, &old).await.unwrap(), Action::Update);
    assert_eq!(there(&remote, "look/config/theme"), Some("red".into()));
    // The value moves to the other name, and stays what it is.
    remote.requests();
    assert_eq!(core.apply(&mut thing, &new).await.unwrap(), Action::Update);
    assert_eq!((state(&thing, "colour"), state(&thing, "theme")), (Json::Null, json!("red")));
    core.settled(&thing, &new).await.unwrap();
    assert_eq!(there(&remote, "look/config/theme"), Some("red".into()));
    let refused = core.validate(TYPE, &settings(json!({ "colour": "red", "theme": "red" }))).await.unwrap_err();
    assert!(refused.says("colour and theme are names of the same attribute"), "{refused:?}");
    // Taken away under one name, it is taken away.
    core.apply(&mut thing, &old).await.unwrap();
    core.apply(&mut thing, &settings(json!({}))).await.unwrap();
    assert_eq!(there(&remote, "look/config/theme"), Some("light".into()));
}

#[tokio::test]
async fn elements_with_keys_keep_their_identity_in_any_order() {
    let (mut core, remote) = toys().await;
    let mut thing = core.thing(TYPE);
    let hook = |name: &str, url: &str| json!({ "name": name, "url": url });
    let config = settings(json!({ "hooks": [hook("b", "https://b.example/"), hook("a", "https://a.example")] }));
    core.apply(&mut thing, &config).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
    let turned = settings(json!({ "hooks": [hook("a", "https://a.example"), hook("b", "https://b.example")] }));
    core.settled(&thing, &turned).await.unwrap();
    // What others change keeps its place, and all else its spelling.
    let hooks = [
        json!({ "name": "b", "url": "https://c.example", "token": null }),
        json!({ "name": "a", "url": "https://a.example/", "token": null }),
    ];
    set(&remote, "look/config/hooks", kind_from_json(&HOOKS, &json!(hooks)).unwrap());
    core.refresh(&mut thing).await.unwrap();
    let seen = state(&thing, "hooks");
    assert_eq!(
        (&seen[0]["name"], &seen[0]["url"], &seen[1]["url"]),
        (&json!("b"), &json!("https://c.example"), &json!("https://a.example"))
    );
    assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Update);
    let twice =
        settings(json!({ "hooks": [hook("a", "https://a.example"), hook("b", "https://b.example"), hook("a", "https://c.example")] }));
    let refused = core.validate(TYPE, &twice).await.unwrap_err();
    assert!(refused.says("hooks[2] has the name of another element"), "{refused:?}");
}

#[tokio::test]
async fn a_nested_write_only_value_is_sent_when_its_version_changes_and_never_stored() {
    let (mut core, remote) = toys().await;
    let mut thing = core.thing(TYPE);
    let login = |pin: Option<&str>, version: i64| {
        settings(json!({ "proxy": { "host": "h", "login": { "user": "ann", "pin_wo": pin, "pin_wo_version": version } } }))
    };
    let has = |canary: &str| kind_to_json(&Kind::Object(&PROXY), &there(&remote, "limits/proxy").unwrap()).to_string().contains(canary);
    core.apply(&mut thing, &login(Some("canary-1"), 1)).await.unwrap();
    assert!(has("canary-1"));
    assert!(!thing.state.as_ref().unwrap().json.contains("canary"), "{thing:?}");
    assert_eq!(state(&thing, "proxy")["login"]["pin_wo_version"], 1);
    for same in [login(Some("canary-1"), 1), login(Some("canary-2"), 1), login(None, 1)] {
        core.settled(&thing, &same).await.unwrap();
    }
    assert_eq!(core.apply(&mut thing, &login(Some("canary-2"), 2)).await.unwrap(), Action::Update);
    assert!(has("canary-2"));
    core.settled(&thing, &login(None, 2)).await.unwrap();
    let refused = core.plan(&thing, &login(None, 3)).await.unwrap_err();
    assert!(refused.says("proxy.login.pin_wo has no value"), "{refused:?}");
}

#[tokio::test]
async fn a_fraction_is_refused_as_an_integer() {
    let (mut core, _) = toys().await;
    let refused = core.validate(TYPE, &settings(json!({ "proxy": { "host": "h", "tries": 1.5 } }))).await.unwrap_err();
    assert!(refused.says("proxy.tries is not valid") && refused.says("Must be a whole number."), "{refused:?}");
    core.validate(TYPE, &settings(json!({ "proxy": { "host": "h", "tries": 1e3 } }))).await.unwrap();
}

#[tokio::test]
async fn an_identity_has_all_its_parts_and_can_be_imported() {
    let (mut core, _) = toys().await;
    let mut link = core.thing("toy_link");
    let config = json!({ "from": "a", "to": "b" });
    core.apply(&mut link, &config).await.unwrap();
    let identity = json!({ "from": "a", "to": "b", "link_id": "a-b" });
    let has = link.state.as_ref().unwrap().identity.as_ref().unwrap().to_json();
    assert_eq!(has, identity);
    let imported = core.import_identity("toy_link", &identity).await.unwrap();
    core.settled(&imported, &config).await.unwrap();
}

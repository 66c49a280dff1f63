//! States and secrets: what is stored, what is not, and moves of other providers' states.

use super::core::{Action, Core, Thing};
use crate::toy::{Remote, TOY};
use janiform_proto::tfplugin6 as tf;
use serde_json::json;
use std::sync::Arc;

async fn toys() -> (Arc<Remote>, Core) {
    let remote = Remote::start();
    let core = Core::new(&TOY, json!({ "endpoint": remote.name })).await.unwrap();
    (remote, core)
}

fn id(thing: &Thing) -> String {
    thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned()
}

fn on_server(remote: &Remote, thing: &Thing, pointer: &str) -> Option<String> {
    remote.get("thing", &id(thing)).unwrap().get(pointer).and_then(|value| value.as_str()).map(str::to_owned)
}

#[tokio::test]
async fn a_write_only_secret_is_sent_when_its_version_changes_and_never_stored() {
    let (remote, mut core) = toys().await;
    let mut thing = core.thing("toy_thing");
    let config = |password: &str, version: i64, label: &str| json!({ "name": "Ball", "label": label, "password": password, "password_version": version });
    core.apply(&mut thing, &config("hunter1", 1, "a")).await.unwrap();
    assert_eq!(on_server(&remote, &thing, "password").as_deref(), Some("hunter1"));
    // Another value with the same version is not seen; nor is it sent along with something else.
    assert_eq!(core.plan(&thing, &config("hunter2", 1, "a")).await.unwrap().action, Action::NoOp);
    core.apply(&mut thing, &config("hunter2", 1, "b")).await.unwrap();
    assert_eq!(on_server(&remote, &thing, "password").as_deref(), Some("hunter1"));
    core.apply(&mut thing, &config("hunter3", 2, "b")).await.unwrap();
    assert_eq!(on_server(&remote, &thing, "password").as_deref(), Some("hunter3"));
    core.settled(&thing, &config("hunter3", 2, "b")).await.unwrap();
    // A replacement gets it too.
    let mut far = config("hunter4", 2, "b");
    far["region"] = "far".into();
    assert_eq!(core.apply(&mut thing, &far).await.unwrap(), Action::Replace);
    assert_eq!(on_server(&remote, &thing, "password").as_deref(), Some("hunter4"));
    let state = thing.state.unwrap();
    assert!(!format!("{} {}", state.json, String::from_utf8_lossy(&state.private)).contains("hunter"));
}

#[tokio::test]
async fn the_readable_twin_stays_out_of_the_state_while_the_write_only_one_is_in_use() {
    let (remote, mut core) = toys().await;
    let mut thing = core.thing("toy_thing");
    let readable = json!({ "name": "Ball", "keys": "{\"keys\": [1]}" });
    let hidden = json!({ "name": "Ball", "keys_wo": "{\"keys\": [2]}", "keys_wo_version": 1 });
    core.apply(&mut thing, &readable).await.unwrap();
    core.settled(&thing, &readable).await.unwrap();
    core.apply(&mut thing, &hidden).await.unwrap();
    core.settled(&thing, &hidden).await.unwrap();
    assert_eq!(on_server(&remote, &thing, "keys").as_deref(), Some("{\"keys\":[2]}"));
    assert!(!thing.state.as_ref().unwrap().json.contains("[2]"));
    let fingerprint = thing.state.as_ref().unwrap().value.get("fingerprint").clone();
    assert_eq!(fingerprint.text(), on_server(&remote, &thing, "fingerprint").as_deref());
    core.apply(&mut thing, &readable).await.unwrap();
    core.settled(&thing, &readable).await.unwrap();
    assert_eq!(on_server(&remote, &thing, "keys").as_deref(), Some("{\"keys\":[1]}"));
    // Not configured at all any more: drift is seen, since nothing hides it.
    let plain = json!({ "name": "Ball" });
    core.apply(&mut thing, &plain).await.unwrap();
    core.settled(&thing, &plain).await.unwrap();
    remote.edit("thing", &id(&thing), |fields| drop(fields.insert("keys".to_owned(), "{}x".into())));
    assert_eq!(core.plan(&thing, &plain).await.unwrap().action, Action::Update);
}

#[tokio::test]
async fn a_secret_that_is_shown_once_is_stored_and_null_on_import() {
    let (_, mut core) = toys().await;
    let mut thing = core.thing("toy_thing");
    core.apply(&mut thing, &json!({ "name": "Ball" })).await.unwrap();
    let told = thing.state.as_ref().unwrap().value.get("client_secret").clone();
    assert!(told.text().unwrap().starts_with("made-up"));
    core.apply(&mut thing, &json!({ "name": "Bowl" })).await.unwrap();
    core.refresh(&mut thing).await.unwrap();
    assert_eq!(*thing.state.as_ref().unwrap().value.get("client_secret"), told);
    let imported = core.import("toy_thing", &id(&thing)).await.unwrap();
    assert!(imported.state.unwrap().value.get("client_secret").is_null());
}

#[tokio::test]
async fn the_state_of_another_provider_is_adopted_and_plans_no_change() {
    let (remote, mut core) = toys().await;
    let mut thing = core.thing("toy_thing");
    let config = json!({ "name": "Ball", "ttl": "90m", "keys_wo": "{\"keys\": [2]}", "keys_wo_version": 1 });
    core.apply(&mut thing, &config).await.unwrap();
    let mut theirs: serde_json::Value = serde_json::from_str(&thing.state.as_ref().unwrap().json).unwrap();
    theirs["something_of_theirs"] = json!({ "deep": [1] });
    theirs["password"] = "left over".into();
    let members = theirs.as_object_mut().unwrap();
    members.remove("note");
    for host in
        ["registry.terraform.io/oldtoys/toy", "registry.opentofu.org/oldtoys/toy", "oldtoys/toy", "registry.terraform.io/janiform/toy"]
    {
        let moved = core.moved("toy_thing", host, "toy_thing", 0, &theirs).await.unwrap();
        assert_eq!(id(&moved), id(&thing));
        core.settled(&moved, &config).await.unwrap();
    }
    // Without an id there is the key.
    theirs.as_object_mut().unwrap().remove("id");
    let moved = core.moved("toy_thing", "registry.terraform.io/oldtoys/toy", "toy_thing", 0, &theirs).await.unwrap();
    assert_eq!(id(&moved), id(&thing));
    for (host, source, version) in [
        ("registry.terraform.io/others/toy", "toy_thing", 0),
        ("registry.terraform.io/notoldtoys/toy", "toy_thing", 0),
        ("registry.terraform.io/oldtoys/toy", "toy_other", 0),
        ("registry.terraform.io/oldtoys/toy", "toy_thing", 9),
    ] {
        let stop = core.moved("toy_thing", host, source, version, &theirs).await.unwrap_err();
        assert!(stop.says(host) && stop.says(source) && stop.says(&format!("version {version}")), "{stop:?}");
    }
    assert_eq!(remote.ids("thing").len(), 1);
}

#[tokio::test]
async fn stored_states_are_upgraded_or_refused_with_a_reason() {
    let (_, mut core) = toys().await;
    let mut upgrade = async |type_name: &str, version: i64, json: &str, flat: bool| {
        let flatmap = if flat { [("name".to_owned(), "x".to_owned())].into() } else { Default::default() };
        let request = tf::upgrade_resource_state::Request {
            type_name: type_name.to_owned(),
            version,
            raw_state: Some(tf::RawState { json: json.as_bytes().to_vec(), flatmap }),
        };
        let answer = core.client.upgrade_resource_state(request).await.unwrap().into_inner();
        (answer.upgraded_state.is_some(), answer.diagnostics.first().map(|one| one.summary.clone()).unwrap_or_default())
    };
    let fine = (true, String::new());
    assert_eq!(upgrade("toy_thing", 0, r#"{"id":"x","name":"x","size":"5"}"#, false).await, fine);
    for (type_name, version, json, flat, summary) in [
        ("toy_thing", 1, "{}", false, "The state is newer than the provider"),
        ("toy_relic", 3, "{}", false, "The state is newer than the provider"),
        ("toy_relic", 0, "[", false, "The state cannot be read"),
        ("toy_thing", 0, "", true, "The state cannot be read"),
        ("toy_thing", 0, "", false, "The state cannot be read"),
        ("toy_thing", 0, "null", false, "The state cannot be read"),
        ("toy_thing", 0, r#"{"size":{}}"#, false, "The state cannot be read"),
        ("toy_nothing", 0, "{}", false, "Unknown resource type toy_nothing"),
        ("thing", 0, "{}", false, "Unknown resource type thing"),
    ] {
        assert_eq!(upgrade(type_name, version, json, flat).await, (false, summary.to_owned()), "{json}");
    }
}

#[tokio::test]
async fn a_state_of_each_older_shape_is_upgraded() {
    let (_, mut core) = toys().await;
    let config = json!({ "relic_id": "r", "name": "Vase", "size": 3, "token": "canary", "owner": { "login": "ann" }, "note": "old" });
    let mut thing = core.thing("toy_relic");
    core.apply(&mut thing, &config).await.unwrap();
    for (version, stored) in [
        (0, json!({ "id": "r", "relic_id": "r", "title": "Vase", "size": "3", "code": "canary", "owner_login": "ann", "remark": "old" })),
        (1, json!({ "id": "r", "relic_id": "r", "name": "Vase", "size": "3", "code": "canary", "owner_login": "ann", "note": "old" })),
        (
            2,
            json!({ "id": "r", "relic_id": "r", "name": "Vase", "size": 3, "token": "canary", "owner": { "login": "ann" }, "note": "old" }),
        ),
    ] {
        let mut old = thing.clone();
        let state = old.state.as_mut().unwrap();
        (state.version, state.json) = (version, stored.to_string());
        core.settled(&old, &config).await.unwrap();
        core.refresh(&mut old).await.unwrap();
        core.settled(&old, &config).await.unwrap();
    }
}

#[tokio::test]
async fn a_data_source_finds_exactly_one() {
    let (_, mut core) = toys().await;
    let mut things = Vec::new();
    for name in ["Ball", "Bowl", "Bowl"] {
        let mut thing = core.thing("toy_thing");
        core.apply(&mut thing, &json!({ "name": name, "pin": "1234" })).await.unwrap();
        things.push(id(&thing));
    }
    for config in [json!({ "id": things[0] }), json!({ "thing_id": things[0] }), json!({ "name": "Ball", "note": "kept" })] {
        let found = core.data("toy_thing", &config).await.unwrap();
        assert_eq!((found.get("id").text(), found.get("name").text()), (Some(things[0].as_str()), Some("Ball")), "{config}");
        assert_eq!(found.get("ttl").text(), Some("1h0m0s"));
    }
    for (config, text) in [
        (json!({}), "Nothing to look for"),
        (json!({ "id": "x", "name": "Ball" }), "More than one thing to look for"),
        (json!({ "name": "Bowl" }), "More than one thing found"),
        (json!({ "name": "Bat" }), "No thing found"),
        (json!({ "id": "nothing" }), "No thing found"),
    ] {
        let stop = core.data("toy_thing", &config).await.unwrap_err();
        assert!(stop.says(text), "{config}: {stop:?}");
    }
}

#[tokio::test]
async fn calls_that_are_not_supported_are_answered_as_the_protocol_expects() {
    let (_, mut core) = toys().await;
    let client = &mut core.client;
    let metadata = client.get_metadata(tf::get_metadata::Request {}).await.unwrap().into_inner();
    let mut names: Vec<_> = metadata.resources.iter().map(|one| one.type_name.as_str()).collect();
    names.sort_unstable();
    assert_eq!((names, metadata.data_sources.len()), (vec!["toy_link", "toy_relic", "toy_settings", "toy_thing"], 1));
    let call = tf::call_function::Request { name: "f".into(), arguments: Vec::new() };
    assert!(client.call_function(call).await.unwrap().into_inner().error.unwrap().text.contains("Unknown function f"));
    let read = tf::read_data_source::Request { type_name: "toy_nothing".into(), ..Default::default() };
    assert_eq!(client.read_data_source(read).await.unwrap().into_inner().diagnostics[0].summary, "Unknown data source toy_nothing");
    let plan = tf::plan_action::Request { action_type: "toy_nothing".into(), ..Default::default() };
    assert_eq!(client.plan_action(plan).await.unwrap().into_inner().diagnostics[0].summary, "Unknown action toy_nothing");
    let open = tf::open_ephemeral_resource::Request { type_name: "toy_nothing".into(), ..Default::default() };
    let opened = client.open_ephemeral_resource(open).await.unwrap().into_inner();
    assert_eq!(opened.diagnostics[0].summary, "Unknown ephemeral resource toy_nothing");
    let list = tf::list_resource::Request { type_name: "toy_link".into(), ..Default::default() };
    let only = client.list_resource(list).await.unwrap().into_inner().message().await.unwrap().unwrap();
    assert_eq!(only.diagnostic[0].summary, "Unknown list resource toy_link");
    let codes = [
        client.generate_resource_config(tf::generate_resource_config::Request::default()).await.unwrap_err().code(),
        client.get_states(tf::get_states::Request::default()).await.unwrap_err().code(),
    ];
    assert_eq!(codes, [tonic::Code::Unimplemented; 2]);

    // Bytes that are no value are the tool's mistake, told as one, and never shown.
    let hostile = tf::validate_resource_config::Request {
        type_name: "toy_thing".into(),
        config: Some(tf::DynamicValue { msgpack: b"\x81\xa4name\xc3".to_vec(), json: Vec::new() }),
        client_capabilities: None,
    };
    let answer = client.validate_resource_config(hostile).await.unwrap().into_inner();
    assert!(answer.diagnostics[0].detail.contains("name is not a string"), "{:?}", answer.diagnostics);
    let nothing = tf::import_resource_state::Request { type_name: "toy_thing".into(), ..Default::default() };
    assert_eq!(client.import_resource_state(nothing).await.unwrap().into_inner().diagnostics[0].summary, "Nothing to import");
}

/// States of older cores have no identity, and newer ones ask for it all the same.
#[tokio::test]
async fn an_absent_identity_is_no_error() {
    let (_, mut core) = toys().await;
    let mut thing = core.thing("toy_thing");
    core.apply(&mut thing, &json!({ "name": "Ball" })).await.unwrap();
    let client = &mut core.client;
    let raw = |json: &str| Some(tf::RawState { json: json.as_bytes().to_vec(), flatmap: Default::default() });
    let upgrade = |raw_identity| tf::upgrade_resource_identity::Request { type_name: "toy_thing".into(), version: 0, raw_identity };
    let upgraded = client.upgrade_resource_identity(upgrade(raw(r#"{"thing_id":"x"}"#))).await.unwrap().into_inner();
    assert!(upgraded.upgraded_identity.is_some() && upgraded.diagnostics.is_empty());
    for absent in [None, raw(""), raw("null"), raw("{}"), raw(r#"{"thing_id":null}"#), raw(r#"{"another":"x"}"#)] {
        let answer = client.upgrade_resource_identity(upgrade(absent.clone())).await.unwrap().into_inner();
        assert_eq!(answer, tf::upgrade_resource_identity::Response::default(), "{absent:?}");
    }
    let unreadable = client.upgrade_resource_identity(upgrade(raw("{"))).await.unwrap().into_inner();
    assert!(unreadable.upgraded_identity.is_none() && unreadable.diagnostics.len() == 1);

    // An import by id may come with one too, and with nothing else there is nothing to import.
    let id = id(&thing);
    let data = |msgpack: &[u8], json: &[u8]| {
        let data = tf::DynamicValue { msgpack: msgpack.to_vec(), json: json.to_vec() };
        Some(tf::ResourceIdentityData { identity_data: Some(data) })
    };
    let absent = [
        None,
        Some(tf::ResourceIdentityData::default()),
        data(b"", b""),
        data(b"", b"null"),
        data(b"", b"{}"),
        data(b"\xc0", b""),
        data(b"\x80", b""),
        data(b"\x81\xa8thing_id\xc0", b""),
    ];
    for identity in absent {
        let import = |id: &str| tf::import_resource_state::Request {
            type_name: "toy_thing".into(),
            id: id.into(),
            identity: identity.clone(),
            ..Default::default()
        };
        let imported = client.import_resource_state(import(&id)).await.unwrap().into_inner();
        assert_eq!((imported.imported_resources.len(), imported.diagnostics), (1, vec![]), "{identity:?}");
        let nothing = client.import_resource_state(import("")).await.unwrap().into_inner();
        assert_eq!(nothing.diagnostics[0].summary, "Nothing to import", "{identity:?}");
    }
    // What is read, planned and deleted with an identity that is not there is as with one.
    let state = thing.state.as_ref().unwrap();
    let read = tf::read_resource::Request {
        type_name: "toy_thing".into(),
        current_state: state.value.to_dynamic(),
        private: state.private.clone(),
        ..Default::default()
    };
    let read = client.read_resource(read).await.unwrap().into_inner();
    assert!(read.new_identity.is_some() && read.diagnostics.is_empty());
    thing.state.as_mut().unwrap().identity = None;
    core.apply(&mut thing, &json!({ "name": "Bowl" })).await.unwrap();
    assert!(thing.state.as_ref().unwrap().identity.is_some());
    thing.state.as_mut().unwrap().identity = None;
    core.destroy(&mut thing).await.unwrap();
}

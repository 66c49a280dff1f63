//! Failures: the messages, the state that is kept, and that the next apply repairs it.

use super::core::{Action, Core, unknown};
use crate::toy::{Hook, Remote, TOY};
use janiform_proto::tfplugin6::{self as tf, attribute_path::step::Selector};
use serde_json::{Value as Json, json};
use std::sync::Arc;

async fn toys() -> (Arc<Remote>, Core) {
    let remote = Remote::start();
    let core = Core::new(&TOY, json!({ "endpoint": remote.name })).await.unwrap();
    (remote, core)
}

fn path(diagnostic: &tf::Diagnostic) -> String {
    let steps = diagnostic.attribute.iter().flat_map(|path| &path.steps).map(|step| match &step.selector {
        Some(Selector::AttributeName(name)) => format!(".{name}"),
        Some(Selector::ElementKeyInt(index)) => format!("[{index}]"),
        Some(Selector::ElementKeyString(key)) => format!("[{key:?}]"),
        None => "?".to_owned(),
    });
    steps.collect()
}

#[tokio::test]
async fn mistakes_are_reported_at_their_paths() {
    let (_, mut core) = toys().await;
    for (config, place, text) in [
        (json!({ "name": "a b" }), ".name", "Blanks"),
        (json!({ "name": "a", "method": "magic" }), ".method", "Must be one of"),
        (json!({ "name": "a", "ttl": "1d" }), ".ttl", "duration"),
        (json!({ "name": "a", "document": "{" }), ".document", "JSON"),
        (json!({ "name": "a", "size": 101 }), ".size", "from 1 to 100"),
        (json!({ "name": "a", "origins": ["https://a.example", "b c"] }), ".origins[1]", "Blanks"),
        (json!({ "name": "a", "tags": { "k": "b c" } }), ".tags[\"k\"]", "Blanks"),
        (json!({ "name": "a", "ports": [{ "number": 1 }, { "number": 0 }] }), ".ports[1].number", "65535"),
        (json!({ "name": "a", "owner": { "login": "x", "leave": "soon" } }), ".owner.leave", "duration"),
        (json!({ "name": "a", "steps": [null] }), ".steps[0]", "null"),
        (json!({ "name": "a", "keys": "{}", "keys_wo": "{}", "keys_wo_version": 1 }), ".keys_wo", "Only one of"),
        (json!({ "name": "a", "region": "far", "size": 1 }), ".size", "cannot go to the region"),
    ] {
        match core.validate("toy_thing", &config).await {
            Err(super::core::Stop::Errors(told)) => {
                let error = told.iter().find(|one| one.severity() == tf::diagnostic::Severity::Error).unwrap();
                assert_eq!(path(error), place, "{config}");
                assert!(error.detail.contains(text), "{config}: {}", error.detail);
            }
            other => panic!("{config}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn unusual_values_are_warnings_and_unknown_values_are_not_checked() {
    let (_, mut core) = toys().await;
    let config = json!({ "name": "a", "flavour": "umami", "hint": "look!", "tagline": "old" });
    core.validate("toy_thing", &config).await.unwrap();
    let places: Vec<_> = core.warnings.drain(..).map(|warning| path(&warning)).collect();
    assert_eq!(places, [".flavour", ".hint", ".tagline"]);
    core.validate("toy_thing", &json!({ "name": "a", "hint": "x", "label": "x" })).await.unwrap();
    assert_eq!(core.warnings.pop().map(|warning| warning.summary), Some("The hint says nothing new".to_owned()));

    let open = json!({
        "name": unknown(), "method": unknown(), "ttl": unknown(), "document": unknown(), "size": unknown(), "origins": [unknown()],
        "tags": { "k": unknown() }, "ports": [{ "number": unknown() }], "owner": unknown(), "keys": unknown(), "keys_wo": unknown(),
        "password_version": 1, "password": unknown(), "region": "far",
    });
    core.validate("toy_thing", &open).await.unwrap();
    assert!(core.warnings.is_empty(), "{:?}", core.warnings);
}

#[tokio::test]
async fn an_old_core_is_not_given_secrets_to_store() {
    let (_, mut core) = toys().await;
    core.capabilities.write_only_attributes_allowed = false;
    let config = json!({ "name": "a", "password": "hunter22", "password_version": 1 });
    let stop = core.validate("toy_thing", &config).await.unwrap_err();
    assert!(stop.says("password needs a newer Terraform or OpenTofu"), "{stop:?}");
    assert!(!format!("{stop:?}").contains("hunter22"));
    core.validate("toy_thing", &json!({ "name": "a" })).await.unwrap();
}

#[tokio::test]
async fn a_failed_create_keeps_what_exists_and_nothing_else() {
    let (remote, mut core) = toys().await;
    let config = json!({ "name": "Ball", "password": "hunter22", "password_version": 1 });
    for (hook, text) in [(Hook::Refuse, "refused"), (Hook::Lost, "did not answer"), (Hook::Panic, "failed while writing")] {
        let mut thing = core.thing("toy_thing");
        remote.hook("create", hook);
        let stop = core.apply(&mut thing, &config).await.unwrap_err();
        assert!(stop.says(text), "{hook:?}: {stop:?}");
        assert!(thing.state.is_none(), "{hook:?}");
    }

    let mut thing = core.thing("toy_thing");
    remote.hook("create", Hook::Half);
    let stop = core.apply(&mut thing, &config).await.unwrap_err();
    assert!(stop.says("later step"), "{stop:?}");
    let state = thing.state.clone().unwrap();
    assert!(state.tainted && state.value.known(), "{state:?}");
    let left = state.value.get("id").clone();
    assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Replace);
    core.settled(&thing, &config).await.unwrap();
    assert!(remote.get("thing", left.text().unwrap()).is_none(), "the half-made one is still there");
}

#[tokio::test]
async fn a_failed_update_is_planned_again() {
    let (remote, mut core) = toys().await;
    let before = json!({ "name": "Ball" });
    // With a write-only argument that comes into use: that it was not sent must not be forgotten.
    let after = json!({ "name": "Ball", "label": "new", "keys_wo": "{\"keys\":[1]}", "keys_wo_version": 1 });
    for hook in [Hook::Refuse, Hook::Panic, Hook::Lost] {
        let mut thing = core.thing("toy_thing");
        core.apply(&mut thing, &before).await.unwrap();
        let stored = thing.state.clone().unwrap();
        remote.hook("update", hook);
        let stop = core.apply(&mut thing, &after).await.unwrap_err();
        assert!(matches!(stop, super::core::Stop::Errors(_)), "{hook:?}: {stop:?}");
        let state = thing.state.clone().unwrap();
        assert_eq!((&state.value, state.tainted), (&stored.value, false), "{hook:?}");
        assert_eq!(state.private, stored.private, "{hook:?}");
        remote.requests();
        assert_eq!(core.apply(&mut thing, &after).await.unwrap(), Action::Update, "{hook:?}");
        let sent = remote.requests();
        assert!(sent.iter().any(|request| request.body.get("keys").is_some_and(|keys| !keys.is_null())), "{hook:?}: {sent:?}");
        core.settled(&thing, &after).await.unwrap();
    }

    let mut thing = core.thing("toy_thing");
    core.apply(&mut thing, &before).await.unwrap();
    remote.hook("update", Hook::Half);
    core.apply(&mut thing, &after).await.unwrap_err();
    let state = thing.state.clone().unwrap();
    assert_eq!((state.value.get("label").text(), state.tainted), (Some("new"), false));
    core.settled(&thing, &after).await.unwrap();
}

#[tokio::test]
async fn a_failed_delete_or_read_loses_nothing() {
    let (remote, mut core) = toys().await;
    let config = json!({ "name": "Ball" });
    let mut thing = core.thing("toy_thing");
    core.apply(&mut thing, &config).await.unwrap();
    for (verb, hook, text) in [
        ("delete", Hook::Refuse, "refused"),
        ("delete", Hook::Panic, "failed while writing"),
        ("read", Hook::Refuse, "refused"),
        ("read", Hook::Panic, "The provider failed"),
    ] {
        let before = thing.state.clone().unwrap();
        remote.hook(verb, hook);
        let stop = core.destroy(&mut thing).await.unwrap_err();
        assert!(stop.says(text), "{verb} {hook:?}: {stop:?}");
        let after = thing.state.clone().unwrap();
        assert_eq!((&after.value, &after.private), (&before.value, &before.private), "{verb} {hook:?}");
    }
    core.settled(&thing, &config).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
}

#[tokio::test]
async fn stopping_ends_every_wait() {
    let (remote, mut core) = toys().await;
    let mut thing = core.thing("toy_thing");
    remote.hook("create", Hook::Hang);
    let mut client = core.client.clone();
    let stop = async {
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        client.stop_provider(tf::stop_provider::Request {}).await.unwrap().into_inner()
    };
    let config = json!({ "name": "Ball" });
    let (applied, stopped) = tokio::join!(core.apply(&mut thing, &config), stop);
    assert!(stopped.error.is_empty());
    assert!(applied.unwrap_err().says("Cancelled"));
    assert!(thing.state.is_none());
    // A new configuration starts anew.
    core.reconfigure(json!({ "endpoint": remote.name })).await.unwrap();
    core.apply(&mut thing, &config).await.unwrap();
}

#[tokio::test]
async fn an_aborted_call_runs_to_its_end() {
    let (remote, mut core) = toys().await;
    let mut thing = core.thing("toy_thing");
    remote.hook("create", Hook::Slow);
    let config = json!({ "name": "Ball" });
    let under_way = async {
        while remote.hooked("create") {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
        }
    };
    tokio::select! {
        _ = core.apply(&mut thing, &config) => panic!("it was not slow"),
        () = under_way => {}
    }
    assert!(remote.ids("thing").is_empty());
    for _ in 0..100 {
        if !remote.ids("thing").is_empty() {
            return;
        }
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    panic!("the create ended in the middle");
}

#[tokio::test]
async fn an_attribute_that_the_server_does_not_keep_is_reported() {
    let (remote, mut core) = toys().await;
    remote.ignores("steps");
    let mut thing = core.thing("toy_thing");
    let config = json!({ "name": "Ball", "steps": ["one"] });
    core.apply(&mut thing, &config).await.unwrap();
    let warning = core.warnings.pop().unwrap();
    assert_eq!((path(&warning).as_str(), warning.summary.as_str()), (".steps", "The server dropped steps"));
    // And the next plan shows it again, as the warning says.
    assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::Update);
}

#[tokio::test]
async fn an_unknown_provider_configuration_plans_and_does_not_apply() {
    let (remote, mut core) = toys().await;
    let config = json!({ "name": "Ball" });
    let mut thing = core.thing("toy_thing");
    core.apply(&mut thing, &config).await.unwrap();

    core.reconfigure(json!({ "endpoint": unknown() })).await.unwrap();
    assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::NoOp);
    assert_eq!(core.warnings.pop().map(|warning| warning.summary), Some("The object was not refreshed".to_owned()));
    let new = core.thing("toy_thing");
    let planned = core.plan(&new, &config).await.unwrap();
    assert_eq!(planned.action, Action::Create);
    let stop = core.carry_out(&mut new.clone(), planned, &config).await.unwrap_err();
    assert!(stop.says("still unknown"), "{stop:?}");
    let stop = core.data("toy_thing", &json!({ "name": "Ball" })).await.unwrap_err();
    assert!(stop.says("still unknown"), "{stop:?}");

    core.reconfigure(json!({ "endpoint": remote.name })).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
}

#[tokio::test]
async fn a_wrong_provider_configuration_is_reported_at_its_path() {
    let (remote, mut core) = toys().await;
    for (config, place) in [
        (json!({ "endpoint": "nowhere" }), ".endpoint"),
        (json!({ "endpoint": remote.name, "retries": 10 }), ".retries"),
        (json!({ "token": "x" }), ".token"),
    ] {
        match core.reconfigure(config.clone()).await {
            Err(super::core::Stop::Errors(told)) => assert_eq!(path(&told[0]), place, "{config}"),
            other => panic!("{config}: {other:?}"),
        }
    }
}

#[tokio::test]
async fn the_environment_completes_the_provider_block() {
    use janiform::{
        engine::Engine,
        frontends::terraform::{Server, service},
    };
    let remote = Remote::start();
    let name = remote.name.clone();
    let make = move || {
        let name = name.clone();
        let env = move |variable: &str| match variable {
            "TOY_ENDPOINT" => Some(name.clone()),
            "TOY_RETRIES" => Some("7".to_owned()),
            "TOY_REGIONS" => Some("near, far".to_owned()),
            _ => None,
        };
        service(Server::new(Arc::new(Engine::new(&TOY)), env))
    };
    let mut core = Core::over(make, json!({})).await.unwrap();
    let mut thing = core.thing("toy_thing");
    core.apply(&mut thing, &json!({ "name": "Ball" })).await.unwrap();
    assert_eq!(remote.ids("thing").len(), 1);

    let make = || service(Server::new(Arc::new(Engine::new(&TOY)), |name| (name == "TOY_STRICT").then(|| "perhaps".to_owned())));
    match Core::over(make, json!({})).await.map(drop) {
        Err(stop) => assert!(stop.says("TOY_STRICT is not valid"), "{stop:?}"),
        Ok(()) => panic!("a flag that is none was taken"),
    }
}

#[tokio::test]
async fn large_objects_pass() {
    let (_, mut core) = toys().await;
    let mut thing = core.thing("toy_thing");
    let config: Json = json!({ "name": "Ball", "document": json!({ "text": "x".repeat(6 << 20) }).to_string() });
    core.apply(&mut thing, &config).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
}

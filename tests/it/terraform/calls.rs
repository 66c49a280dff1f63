//! The toy provider's calls, besides objects.

use super::core::Core;
use crate::toy::{Hook, Remote, TOY};
use janiform::{
    engine::Engine,
    frontends::terraform::{Server, service},
};
use janiform_proto::tfplugin6::{self as tf, DynamicValue};
use serde_json::{Value as Json, json};
use std::{sync::Arc, time::Duration};

async fn toys() -> (Arc<Remote>, Core) {
    let remote = Remote::start();
    let core = Core::new(&TOY, json!({ "endpoint": remote.name })).await.unwrap();
    (remote, core)
}

/// Waits until the toy server was told this.
async fn told(remote: &Remote, what: &str) {
    let told = async {
        while !remote.calls().iter().any(|told| told == what) {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), told).await.unwrap_or_else(|_| panic!("no {what} in {:?}", remote.calls()));
}

async fn call(core: &mut Core, name: &str, arguments: Json) -> Result<Json, (String, Option<i64>)> {
    let called = core.call(name, arguments.as_array().unwrap()).await.unwrap();
    called.map(|value| value.to_json()).map_err(|error| (error.text, error.function_argument))
}

#[tokio::test]
async fn a_function_has_positional_default_and_variadic_arguments() {
    let (_, mut core) = toys().await;
    assert_eq!(call(&mut core, "shout", json!(["ball", null])).await, Ok(json!("BALL")));
    assert_eq!(call(&mut core, "shout", json!(["ball", 2, "bowl", "box"])).await, Ok(json!("BALL BOWL BOX BALL BOWL BOX")));
    assert_eq!(call(&mut core, "measure", json!(["été"])).await, Ok(json!({ "bytes": 5, "char_count": 3 })));
    assert_eq!(call(&mut core, "measure", json!([null])).await, Ok(json!({ "bytes": 0, "char_count": 0 })));
}

#[tokio::test]
async fn an_error_names_the_position_of_the_argument() {
    let (_, mut core) = toys().await;
    for (arguments, place, text) in [
        (json!(["a b", null]), Some(0), "text is not valid: Blanks are not allowed."),
        (json!(["a", 12]), Some(1), "times is not valid: Must be a whole number from 1 to 9."),
        (json!(["a", 7]), Some(1), "times is not valid: Nobody listens to that."),
        (json!(["a", 1, "b", "c d"]), Some(3), "and_then[1]"),
        (json!(["a", 1, "b", "c", "d!"]), Some(4), "and_then[2] is not valid: It is loud enough"),
        (json!(["silence", 1]), None, "shout has no result: There is nothing to say."),
        (json!(["panic", 1]), None, "This is a bug in the provider"),
    ] {
        let (told, at) = call(&mut core, "shout", arguments.clone()).await.unwrap_err();
        assert!(at == place && told.contains(text), "{arguments}: {told} at {at:?}");
    }
}

/// Terraform calls functions in a process that it has asked for nothing else; OpenTofu writes null as nothing at all.
#[tokio::test]
async fn a_function_needs_no_configuration() {
    let server = Server::new(Arc::new(Engine::new(&TOY)), |_| None);
    let mut client = tf::provider_client::ProviderClient::new(service(server));
    let json = |text: &str| DynamicValue { json: text.as_bytes().to_vec(), msgpack: Vec::new() };
    let arguments = vec![json("\"ball\""), json(""), json("\"bowl\"")];
    let answer = client.call_function(tf::call_function::Request { name: "shout".into(), arguments }).await.unwrap().into_inner();
    assert_eq!(rmpv::decode::read_value(&mut answer.result.unwrap().msgpack.as_slice()).unwrap(), "BALL BOWL".into());
    for (name, arguments, says) in [
        ("whisper", vec![], "has no function with this name"),
        ("shout", vec![json("1")], "shout takes 2 or more arguments"),
        ("measure", vec![json("\"\""), json("\"\"")], "measure takes 1 argument:"),
        ("measure", vec![json("[]")], "does not fit the schema"),
    ] {
        let request = tf::call_function::Request { name: name.into(), arguments };
        let error = client.call_function(request).await.unwrap().into_inner().error.unwrap();
        assert!(error.text.contains(says), "{}", error.text);
    }
    let listed = client.get_functions(tf::get_functions::Request {}).await.unwrap().into_inner().functions;
    let schema = client.get_provider_schema(tf::get_provider_schema::Request {}).await.unwrap().into_inner();
    let names: Vec<_> = client.get_metadata(tf::get_metadata::Request {}).await.unwrap().into_inner().functions;
    assert_eq!(listed, schema.functions);
    assert_eq!(names.iter().map(|function| &function.name).collect::<Vec<_>>(), ["shout", "measure"]);
    let shout = &listed["shout"];
    assert_eq!((shout.summary.as_str(), shout.parameters.len()), ("Says it loudly", 2));
    assert_eq!(shout.variadic_parameter.as_ref().unwrap().r#type, b"\"string\"");
    assert_eq!(shout.parameters.iter().map(|of| of.allow_null_value).collect::<Vec<_>>(), [false, true]);
}

#[tokio::test]
async fn an_ephemeral_resource_is_opened_renewed_and_closed() {
    let (remote, mut core) = toys().await;
    let mut token = core.open("toy_token", &json!({ "holder": "me", "lasts": 90 })).await.unwrap();
    let given = ["token", "purpose", "hint"].map(|name| token.value.get(name).text());
    assert_eq!(given, [Some("me-play-1"), Some("play"), None], "what nobody asked with stays null, whatever the server says of it");
    let is_about = |wait: Option<Duration>| wait.is_some_and(|wait| wait > Duration::from_secs(60) && wait <= Duration::from_secs(90));
    assert!(is_about(token.renew_in), "{token:?}");
    core.renew(&mut token).await.unwrap();
    assert!(is_about(token.renew_in), "{token:?}");
    core.renew(&mut token).await.unwrap();
    core.close(token).await.unwrap();
    assert_eq!(remote.calls(), ["open me-play-1", "renew me-play-1 90", "renew again me-play-1 90", "close me-play-1 90"]);
    assert!(core.warnings.is_empty());
    let token = core.open("toy_token", &json!({ "holder": "me" })).await.unwrap();
    assert_eq!((token.renew_in, core.warnings[0].summary.as_str()), (None, "It lasts"));
    // No core takes a moment that has passed by when it hears of it.
    let token = core.open("toy_token", &json!({ "holder": "me", "lasts": 0 })).await.unwrap();
    assert!(token.renew_in.is_some());
}

#[tokio::test]
async fn a_failed_open_renew_or_close_is_an_error() {
    let (remote, mut core) = toys().await;
    let stop = core.open("toy_token", &json!({ "holder": "a b" })).await.unwrap_err();
    assert!(stop.says("Blanks are not allowed"), "{stop:?}");
    let stop = core.open("toy_token", &json!({ "holder": "me", "purpose": "me" })).await.unwrap_err();
    assert!(stop.says("No purpose") && remote.calls().is_empty(), "{stop:?}");
    for (hook, says) in [(Hook::Refuse, "refused"), (Hook::Lost, "did not answer"), (Hook::Panic, "failed while opening token")] {
        remote.hook("open", hook);
        let stop = core.open("toy_token", &json!({ "holder": "me" })).await.unwrap_err();
        assert!(stop.says(says), "{stop:?}");
    }
    let mut token = core.open("toy_token", &json!({ "holder": "me", "lasts": 9 })).await.unwrap();
    for hook in [Hook::Refuse, Hook::Panic] {
        remote.hook("renew", hook);
        core.renew(&mut token).await.unwrap_err();
        remote.hook("close", hook);
        core.close(token.clone()).await.unwrap_err();
    }
    // The user's interrupt makes it no less needed.
    core.client.stop_provider(tf::stop_provider::Request {}).await.unwrap();
    core.close(token).await.unwrap();
    assert!(remote.calls().last().unwrap().starts_with("close me-play"));
}

#[tokio::test]
async fn a_resource_opened_for_an_aborted_call_is_closed() {
    let (remote, mut core) = toys().await;
    remote.hook("open", Hook::Slow);
    let given_up = tokio::time::timeout(Duration::from_millis(30), core.open("toy_token", &json!({ "holder": "me" }))).await;
    assert!(given_up.is_err());
    told(&remote, "close me-play-1 0").await;
}

/// Three things, with labels but for the last.
async fn things(core: &mut Core) {
    for (id, region, label) in [("a", "far", json!("First")), ("b", "near", json!("Sec\u{1b}ond")), ("c", "far", json!(null))] {
        let mut thing = core.thing("toy_thing");
        let config = json!({ "name": id, "thing_id": id, "region": region, "label": label, "size": 5, "pin": "1234" });
        core.apply(&mut thing, &config).await.unwrap();
    }
}

fn names(listed: &[super::core::calls::Listed]) -> Vec<(Option<&str>, &str)> {
    listed.iter().map(|one| (one.identity.get("thing_id").text(), one.name.as_str())).collect()
}

#[tokio::test]
async fn objects_are_listed_with_identities_names_and_states_as_imports_have_them() {
    let (_, mut core) = toys().await;
    things(&mut core).await;
    let all = core.query("toy_thing", &json!({}), 100, true).await.unwrap();
    assert_eq!(names(&all), [(Some("a"), "First"), (Some("b"), "Sec\\u{1b}ond"), (Some("c"), "c")]);
    for one in &all {
        let imported = core.import("toy_thing", one.identity.get("thing_id").text().unwrap()).await.unwrap();
        assert_eq!(one.state.as_ref(), Some(&imported.state.unwrap().value));
    }
    let far = core.query("toy_thing", &json!({ "region": "far" }), 100, false).await.unwrap();
    assert_eq!(names(&far), [(Some("a"), "First"), (Some("c"), "c")]);
    assert!(far.iter().all(|one| one.state.is_none()));
    assert!(core.query("toy_thing", &json!({ "region": "moon" }), 100, false).await.unwrap().is_empty());
    let stop = core.query("toy_thing", &json!({ "region": "a b" }), 100, false).await.unwrap_err();
    assert!(stop.says("Blanks are not allowed"), "{stop:?}");
}

#[tokio::test]
async fn a_list_ends_at_its_limit() {
    let (remote, mut core) = toys().await;
    things(&mut core).await;
    for id in ["d", "e"] {
        let mut thing = core.thing("toy_thing");
        core.apply(&mut thing, &json!({ "name": id, "thing_id": id })).await.unwrap();
    }
    let mut events = core.listing("toy_thing", &json!({}), 2, false).await.unwrap();
    let mut came = 0;
    while events.message().await.unwrap().is_some() {
        came += 1;
    }
    assert_eq!(came, 2);
    told(&remote, "the list ended").await;
    assert!(!remote.calls().contains(&"list d".to_owned()), "it looks for one more at most: {:?}", remote.calls());
    let mut events = core.listing("toy_thing", &json!({}), 0, false).await.unwrap();
    assert!(events.message().await.unwrap().is_none(), "nothing was asked for");
}

#[tokio::test]
async fn an_error_in_the_middle_of_a_list_is_its_last_event() {
    let (remote, mut core) = toys().await;
    things(&mut core).await;
    let bug = "This is a bug in the provider";
    for (hook, before, says) in [(Hook::Refuse, 2, "It was told to refuse to list_more"), (Hook::Panic, 2, bug)] {
        remote.hook("list_more", hook);
        let mut events = core.listing("toy_thing", &json!({}), 100, false).await.unwrap();
        let mut came = Vec::new();
        while let Some(event) = events.message().await.unwrap() {
            came.push(event);
        }
        let last = came.pop().unwrap();
        assert!(came.len() == before && came.iter().all(|event| event.identity.is_some()) && last.identity.is_none(), "{came:?}");
        assert!(last.diagnostic.len() == 1 && last.diagnostic[0].detail.contains(says), "{last:?}");
    }
    remote.hook("list_more", Hook::Lost);
    assert_eq!(core.query("toy_thing", &json!({}), 100, false).await.unwrap().len(), 2);
    assert_eq!(core.warnings.last().unwrap().summary, "The list is short", "a warning beside the objects ends nothing");
    remote.hook("list", Hook::Refuse);
    assert!(core.query("toy_thing", &json!({}), 100, false).await.is_err());
}

#[tokio::test]
async fn an_abandoned_list_ends() {
    let (remote, mut core) = toys().await;
    things(&mut core).await;
    remote.hook("list_more", Hook::Hang);
    let mut events = core.listing("toy_thing", &json!({}), 100, false).await.unwrap();
    assert!(events.message().await.unwrap().is_some() && events.message().await.unwrap().is_some());
    assert!(!remote.calls().contains(&"the list ended".to_owned()), "it waits for the server");
    drop(events);
    told(&remote, "the list ended").await;
    // So does one that the user interrupts, and says so.
    remote.hook("list_more", Hook::Hang);
    let mut events = core.listing("toy_thing", &json!({}), 100, false).await.unwrap();
    assert!(events.message().await.unwrap().is_some() && events.message().await.unwrap().is_some());
    core.client.stop_provider(tf::stop_provider::Request {}).await.unwrap();
    assert_eq!(events.message().await.unwrap().unwrap().diagnostic[0].summary, "Cancelled");
}

#[tokio::test]
async fn an_action_reports_its_progress_and_its_result() {
    let (remote, mut core) = toys().await;
    let ring = json!({ "bell": "door", "times": 3, "code": "1234" });
    assert_eq!(core.invoke("toy_ring", &ring).await.unwrap(), ["rang 1", "rang 2", "rang 3"]);
    assert_eq!(remote.calls(), ["ring door 1", "ring door 2", "ring door 3"]);
    assert!(core.warnings.is_empty());
    assert_eq!(core.invoke("toy_ring", &json!({ "bell": "door" })).await.unwrap(), ["rang 1"], "a default");
    assert_eq!(core.warnings[0].summary, "Anybody may ring it");
}

#[tokio::test]
async fn a_failed_action_reports_it_in_its_last_event() {
    let (remote, mut core) = toys().await;
    for (at, hook, before, says) in [
        ("ring", Hook::Refuse, 0, "refused"),
        ("ring_more", Hook::Refuse, 1, "refused"),
        ("ring_more", Hook::Lost, 2, "did not answer"),
        ("ring_more", Hook::Panic, 1, "failed while running ring"),
    ] {
        remote.hook(at, hook);
        let (told, stop) = core.invoke("toy_ring", &json!({ "bell": "door", "times": 3 })).await.unwrap_err();
        assert!(told.len() == before && stop.says(says), "{told:?}: {stop:?}");
    }
    let (_, stop) = core.invoke("toy_ring", &json!({ "bell": "a b" })).await.unwrap_err();
    assert!(stop.says("Blanks are not allowed"));
    // Nothing is done with what is not known, nor without an action.
    for (action_type, config) in [("toy_ring", None), ("toy_song", None)] {
        let request = tf::invoke_action::Request { action_type: action_type.into(), config, client_capabilities: None };
        let mut events = core.client.invoke_action(request).await.unwrap().into_inner();
        let last = events.message().await.unwrap().unwrap().r#type;
        assert!(matches!(last, Some(tf::invoke_action::event::Type::Completed(ended)) if !ended.diagnostics.is_empty()));
    }
}

#[tokio::test]
async fn an_action_runs_to_its_end_without_a_listener() {
    let (remote, mut core) = toys().await;
    remote.hook("ring_more", Hook::Slow);
    let mut events = core.invoking("toy_ring", &json!({ "bell": "door", "times": 3 })).await.unwrap();
    assert!(events.message().await.unwrap().is_some());
    drop(events);
    told(&remote, "ring door 3").await;
}

//! The toy provider's calls, besides objects.

use super::{
    THING,
    engine::{Host, Stop},
    toy_server, toys,
    wire::{properties, secret, unknown},
};
use crate::toy::{Hook, TOY};
use janiform::{
    engine::{Call, Engine},
    value::Value,
};
use janiform_proto::pulumirpc::{ListRequest, list_response::Response};
use serde_json::{Value as Json, json};
use std::time::Duration;
use tonic::Code;

const SHOUT: &str = "toy:index/shout:shout";
const MEASURE: &str = "toy:index/measure:measure";
const OPEN_TOKEN: &str = "toy:index/openToken:openToken";
const RING: &str = "toy:index/ring:Ring";

async fn refused(host: &mut Host, token: &str, args: Json) -> Vec<(String, String)> {
    match host.invoke(token, &args).await {
        Err(Stop::Refused(failures)) => failures,
        other => panic!("{other:?}"),
    }
}

/// SDKs take the only member of an answer for the result where the schema says that it is no object.
#[tokio::test]
async fn a_function_returns_one_value_or_an_object() {
    // As Terraform does, without a configuration.
    let mut host = Host::start(toy_server(Default::default())).await;
    assert_eq!(host.invoke(SHOUT, &json!({ "text": "ball" })).await.unwrap(), json!({ "said": "BALL" }));
    let args = json!({ "text": "ball", "times": 2, "andThen": ["bowl"] });
    assert_eq!(host.invoke(SHOUT, &args).await.unwrap(), json!({ "said": "BALL BOWL BALL BOWL" }));
    assert_eq!(host.invoke(MEASURE, &json!({ "text": "été" })).await.unwrap(), json!({ "bytes": 5, "charCount": 3 }));
    let shout = &host.schema["functions"][SHOUT];
    assert_eq!(shout["multiArgumentInputs"], json!(["text", "times", "andThen"]));
    assert_eq!(shout["inputs"]["required"], json!(["text"]));
    assert_eq!(shout["outputs"], json!({ "type": "string" }));
    assert_eq!(host.schema["functions"][MEASURE]["outputs"]["required"], json!(["bytes", "charCount"]));
}

#[tokio::test]
async fn a_result_of_a_secret_is_secret() {
    let (mut host, _, _) = toys().await;
    assert_eq!(host.invoke(SHOUT, &json!({ "text": secret("ball") })).await.unwrap(), json!({ "said": secret("BALL") }));
    let size = host.invoke(MEASURE, &json!({ "text": secret("ball") })).await.unwrap();
    assert_eq!(size, json!({ "bytes": secret(4), "charCount": secret(4) }));
}

#[tokio::test]
async fn an_error_names_the_argument() {
    let (mut host, _, _) = toys().await;
    let at = |property: &str, reason: &str| vec![(property.to_owned(), reason.to_owned())];
    let blanks = "text is not valid: Blanks are not allowed.";
    assert_eq!(refused(&mut host, SHOUT, json!({ "text": "a b" })).await, at("text", blanks));
    assert_eq!(refused(&mut host, SHOUT, json!({ "text": secret("a b") })).await, at("", blanks));
    let told = refused(&mut host, SHOUT, json!({ "text": "a", "andThen": ["b", "c!"] })).await;
    assert_eq!(told[0].0, "andThen[1]");
    let told = refused(&mut host, SHOUT, json!({ "text": "silence" })).await;
    assert_eq!(told[0].1, "shout has no result: There is nothing to say.");
    let told = refused(&mut host, SHOUT, json!({ "text": "a", "txt": "b", "times": [] })).await;
    assert_eq!(told.len(), 2, "{told:?}");
    match host.invoke(SHOUT, &json!({ "text": "panic" })).await {
        Err(Stop::Failed(_, message)) => assert!(message.contains("This is a bug in the provider"), "{message}"),
        other => panic!("{other:?}"),
    }
    match host.invoke("toy:index/shot:shot", &json!({})).await {
        Err(Stop::Failed(_, message)) => assert!(message.contains(SHOUT), "{message}"),
        other => panic!("{other:?}"),
    }
}

/// What a program opens is secret in it, and closed when the run ends: Pulumi's last call is a Cancel.
#[tokio::test]
async fn an_opened_ephemeral_is_secret_and_closed_at_the_end_of_the_run() {
    let (mut host, remote, messages) = toys().await;
    let token = host.invoke(OPEN_TOKEN, &json!({ "holder": "me" })).await.unwrap();
    assert_eq!(token, json!({ "holder": "me", "purpose": "play", "token": secret("me-play-1"), "serial": secret(1) }));
    assert_eq!(messages.warnings(), ["It lasts: Nobody has to renew it."]);
    assert_eq!(remote.calls(), ["open me-play-1"]);
    assert_eq!(refused(&mut host, OPEN_TOKEN, json!({ "holder": "me", "purpose": "me" })).await[0].0, "purpose");
    assert_eq!(host.schema["functions"][OPEN_TOKEN]["outputs"]["properties"]["token"]["secret"], true);
    assert!(host.schema["functions"][OPEN_TOKEN]["inputs"]["properties"].get("token").is_none());
    remote.hook("open", Hook::Refuse);
    match host.invoke(OPEN_TOKEN, &json!({ "holder": "me" })).await {
        Err(Stop::Failed(_, message)) => assert!(message.contains("refused"), "{message}"),
        other => panic!("{other:?}"),
    }
    host.client.cancel(()).await.unwrap();
    let closed = async {
        while remote.calls().len() < 2 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(10), closed).await.unwrap();
    assert_eq!(remote.calls()[1], "close me-play-1 0");
}

/// The process ends when what is open is closed, whatever renewing has come to.
#[tokio::test(start_paused = true)]
async fn an_open_ephemeral_is_renewed_and_closed_when_the_process_ends() {
    let remote = crate::toy::Remote::start();
    let engine = Engine::new(&TOY);
    let config = TOY.config.holding([("endpoint", Value::text(&remote.name))]);
    assert!(engine.configure(&config, &|_| None).is_empty());
    let (entry, _) = engine.ephemerals().next().unwrap();
    let asked = entry.ephemeral.table.holding([("holder", "me".into()), ("lasts", Value::from(10_i64))]);
    let open = engine.open(entry, &asked, Call::default()).await.unwrap();
    let (tell, mut told) = tokio::sync::mpsc::unbounded_channel();
    engine.keep(entry, open, move |said| said.iter().for_each(|said| drop(tell.send(said.summary.clone()))));
    tokio::time::sleep(Duration::from_secs(25)).await;
    assert_eq!(remote.calls(), ["open me-play-1", "renew me-play-1 10", "renew again me-play-1 10"]);
    // One that fails is not tried again.
    remote.hook("renew", Hook::Panic);
    tokio::time::sleep(Duration::from_secs(60)).await;
    engine.finish().await;
    assert_eq!(remote.calls()[3..], ["close me-play-1 10"]);
    assert_eq!(told.recv().await.as_deref(), Some("The provider failed while renewing token"));
}

/// An action is a resource: it is made to run it, and made anew to run it again. A preview does nothing.
#[tokio::test]
async fn an_action_runs_but_not_in_a_preview() {
    let (mut host, remote, messages) = toys().await;
    let program = |bell: Json, trigger: Json| json!({ "bell": bell, "code": secret("0000"), "triggers": trigger });
    let first = program("door".into(), json!([1, { "a": secret("x") }]));
    let (_, shown) = host.preview(RING, "bell", &first).await.unwrap();
    assert!(shown["bell"] == "door" && remote.calls().is_empty(), "{shown}");
    host.up(RING, "bell", &first).await.unwrap();
    assert_eq!((remote.calls(), messages.statuses.lock().unwrap().clone()), (vec!["ring door 1".to_owned()], vec!["rang 1".to_owned()]));
    // What was given write-only is an encrypted input, and no output.
    let stored = &host.state["bell"];
    assert!(stored.inputs["code"] == secret("0000") && stored.outputs.get("code").is_none(), "{stored:?}");
    // Nothing has changed, also where something is marked as secret by now.
    host.up(RING, "bell", &first).await.unwrap();
    host.up(RING, "bell", &program("door".into(), json!([1, { "a": "x" }]))).await.unwrap();
    host.refresh("bell").await.unwrap();
    assert_eq!(remote.calls().len(), 1);
    for again in [program("door".into(), json!([2])), program("gate".into(), json!([2])), program("gate".into(), json!(null))] {
        let before = remote.calls().len();
        let (diff, _) = host.preview(RING, "bell", &again).await.unwrap();
        assert!(!diff.unwrap().replaces.is_empty() && remote.calls().len() == before);
        host.up(RING, "bell", &again).await.unwrap();
        assert_eq!(remote.calls().len(), before + 1);
    }
    assert_eq!(remote.calls()[2..], ["ring gate 1", "ring gate 1"]);
    // One that failed is run again.
    remote.hook("ring", Hook::Refuse);
    let failing = json!({ "bell": "tower", "times": 2 });
    match host.up(RING, "tower", &failing).await {
        Err(Stop::Failed(_, message)) => assert!(message.contains("refused"), "{message}"),
        other => panic!("{other:?}"),
    }
    host.up(RING, "tower", &failing).await.unwrap();
    assert_eq!(messages.warnings(), ["Anybody may ring it: Set `code`."]);
    match host.up(RING, "wrong", &json!({ "bell": "a b", "belll": 1 })).await {
        Err(Stop::Refused(failures)) => {
            assert!(failures.len() == 2 && failures[0].1.contains("did you mean `bell`?") && failures[1].0 == "bell", "{failures:?}");
        }
        other => panic!("{other:?}"),
    }
    match host.import(RING, "taken", "door").await {
        Err(Stop::Failed(_, message)) => assert!(message.contains("cannot be imported"), "{message}"),
        other => panic!("{other:?}"),
    }
    let rung = remote.calls().len();
    host.destroy().await.unwrap();
    assert_eq!(remote.calls().len(), rung);
    assert_eq!(host.schema["resources"][RING]["inputProperties"]["triggers"]["items"]["$ref"], "pulumi.json#/Any");
    assert_eq!(host.schema["resources"][RING]["requiredInputs"], json!(["bell"]));
    assert!(host.schema["functions"].get(RING).is_none());
}

async fn list(host: &mut Host, request: ListRequest) -> (Vec<Response>, Option<tonic::Status>) {
    let mut answers = host.client.list(request).await.unwrap().into_inner();
    let mut came = Vec::new();
    loop {
        match answers.message().await {
            Ok(Some(answer)) => came.push(answer.response.unwrap()),
            Ok(None) => return (came, None),
            Err(status) => return (came, Some(status)),
        }
    }
}

fn ids(came: &[Response]) -> Vec<String> {
    came.iter()
        .map(|one| match one {
            Response::Result(found) => format!("{} {}", found.id, found.name),
            Response::Continuation(next) => format!("next {}", next.continuation_token),
            Response::Computed(_) => "computed".to_owned(),
        })
        .collect()
}

#[tokio::test]
async fn objects_are_listed_in_pages() {
    let (mut host, remote, messages) = toys().await;
    for (id, region) in [("a", "far"), ("b", "near"), ("c", "far")] {
        host.up(THING, id, &json!({ "name": id, "thingId": id, "region": region, "size": 5, "label": id.to_uppercase() })).await.unwrap();
    }
    let things = || ListRequest { token: THING.into(), ..Default::default() };
    let query = |query: Json| ListRequest { query: Some(properties(&query)), ..things() };
    let page = |page_size, limit, token: &str| ListRequest { page_size, limit, continuation_token: token.into(), ..things() };
    for (request, expected) in [
        (things(), vec!["a A", "b B", "c C"]),
        (query(json!({ "region": "far" })), vec!["a A", "c C"]),
        (query(json!({ "names": ["b", unknown()] })), vec!["computed"]),
        (page(0, 2, ""), vec!["a A", "b B"]),
        (page(2, 0, ""), vec!["a A", "b B", "next 2"]),
        (page(2, 0, "2"), vec!["c C"]),
        (page(1, 3, "1"), vec!["b B", "next 2"]),
        (page(3, 0, ""), vec!["a A", "b B", "c C"]),
        (page(2, 2, ""), vec!["a A", "b B"]),
    ] {
        let (came, ended) = list(&mut host, request.clone()).await;
        assert!(ended.is_none() && ids(&came) == expected, "{request:?}: {came:?}, {ended:?}");
    }
    assert_eq!(host.schema["resources"][THING]["listInputs"]["properties"]["region"]["type"], "string");
    assert!(host.schema["resources"][super::LINK].get("listInputs").is_none());
    for (request, says) in [
        (query(json!({ "region": "a b" })), "region is not valid: Blanks are not allowed."),
        (query(json!({ "regoin": "far" })), "did you mean `region`?"),
        (page(0, 0, "x"), "is not a page of this list"),
        (ListRequest { token: super::LINK.into(), ..Default::default() }, "cannot be listed"),
    ] {
        let (came, ended) = list(&mut host, request).await;
        let ended = ended.unwrap();
        assert!(came.is_empty() && ended.code() == Code::InvalidArgument && ended.message().contains(says), "{ended}");
    }
    // In the middle: what came is right, and the rest is an error.
    for (hook, before, code) in [(Hook::Refuse, 2, Code::FailedPrecondition), (Hook::Panic, 2, Code::Internal)] {
        remote.hook("list_more", hook);
        let (came, ended) = list(&mut host, things()).await;
        assert_eq!((ids(&came), ended.unwrap().code()), (["a A", "b B"][..before].iter().map(ToString::to_string).collect(), code));
    }
    remote.hook("list_more", Hook::Lost);
    assert_eq!(ids(&list(&mut host, things()).await.0), ["a A", "b B"]);
    assert_eq!(messages.warnings(), ["The list is short: Some of it was lost."]);
    // A stream that is dropped, or a run that is interrupted, ends the list.
    let ended = || remote.calls().iter().filter(|what| *what == "the list ended").count();
    for interrupt in [false, true] {
        let before = ended();
        remote.hook("list_more", Hook::Hang);
        let mut answers = host.client.list(things()).await.unwrap().into_inner();
        answers.message().await.unwrap();
        if interrupt {
            host.client.cancel(()).await.unwrap();
            answers.message().await.unwrap();
            assert!(answers.message().await.unwrap_err().message().contains("Cancelled"));
        }
        drop(answers);
        let until = async {
            while ended() == before {
                tokio::time::sleep(Duration::from_millis(2)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), until).await.unwrap();
    }
}

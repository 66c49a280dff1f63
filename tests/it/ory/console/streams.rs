//! `ory_event_stream`.

use super::{Setup, entry, id, refusal, text, told};
use crate::{
    support::{faults::Fault, object, replan},
    terraform::core::{Action, Core},
};
use janiform::{
    engine::{Applied, has_errors, plan, validate},
    ory::ORY,
    value::Value,
};
use serde_json::{Value as Json, json};

const NAME: &str = "event_stream";
const ENDPOINT: &str = "https://ann:of-ann@hooks.example.com/ory?token=of-the-hook&a=1";

/// A project, and a stream to an endpoint in it, with more.
async fn https(setup: &Setup, more: &[(&str, Value)]) -> (String, Vec<(&'static str, Value)>, Applied) {
    let project = id(&setup.project().await);
    let mut set = vec![
        ("project_id", Value::text(project.as_str())),
        ("type", "https".into()),
        ("https_endpoint", ENDPOINT.into()),
        ("https_auth_type", "bearer".into()),
        ("https_auth_secret", "the-first-secret".into()),
    ];
    for (name, value) in more {
        change(&mut set, name, value.clone());
    }
    let made = setup.create(NAME, &set).await.unwrap();
    assert!(made.warnings.is_empty(), "{:?}", made.warnings);
    setup.asked();
    (project, set, made)
}

fn change(set: &mut Vec<(&'static str, Value)>, name: &str, value: Value) {
    set.retain(|(other, _)| *other != name);
    if !value.is_null() {
        let attr = entry(NAME).resource.table.attrs().find(|attr| attr.name == name).unwrap();
        set.push((attr.name, value));
    }
}

/// The bodies of what was written since the last time.
fn written(setup: &Setup) -> Vec<Json> {
    let writes = setup.proxy.asked().into_iter().filter(|(asked, _)| !asked.starts_with("GET"));
    writes.map(|(_, body)| serde_json::from_str(&body).unwrap_or_default()).collect()
}

async fn streams(setup: &Setup, project: &str) -> Vec<Json> {
    setup.ask("GET", &format!("/projects/{project}/eventstreams"), None).await.1["event_streams"].as_array().unwrap().clone()
}

#[tokio::test]
async fn an_update_sends_its_changes_and_the_secret_only_if_needed() {
    let setup = Setup::new().await;
    let (_, mut set, made) = https(&setup, &[]).await;
    assert_eq!(
        (text(NAME, &made.state, "https_endpoint"), text(NAME, &made.state, "https_auth_secret")),
        (ENDPOINT.into(), "the-first-secret".into())
    );
    let mut state = made.state;
    for (name, value, body) in [
        ("status", Value::text("paused"), json!({ "status": "paused" })),
        ("event_types", Value::List(vec!["b*".into(), "a".into()]), json!({ "event_types": ["b*", "a"] })),
        ("include_security_context", Value::Bool(true), json!({ "include_security_context": true })),
        (
            "https_endpoint",
            "https://hooks.example.com/other".into(),
            json!({ "https_endpoint": "https://hooks.example.com/other", "https_auth_secret": "the-first-secret" }),
        ),
        ("https_auth_secret", "the-second-secret".into(), json!({ "https_auth_secret": "the-second-secret" })),
        ("event_types", Value::Null, json!({ "event_types": [] })),
    ] {
        change(&mut set, name, value);
        let updated = setup.update(NAME, &state, &set).await.unwrap();
        assert!(updated.warnings.is_empty(), "{name}: {:?}", updated.warnings);
        assert_eq!(written(&setup), [body], "{name}");
        state = setup.read(NAME, &updated.state).await.unwrap().unwrap();
        assert_eq!(state, updated.state, "{name}");
    }
    // Without any of it, the console forgets the secret.
    for name in ["https_auth_type", "https_auth_secret"] {
        change(&mut set, name, Value::Null);
    }
    let open = setup.update(NAME, &state, &set).await.unwrap();
    assert_eq!(written(&setup), [json!({ "https_auth_type": "none" })]);
    // And what was for an endpoint becomes one for a topic.
    for (name, value) in [
        ("type", Value::text("sns")),
        ("https_endpoint", Value::Null),
        ("topic_arn", "arn:aws:sns:eu-central-1:123456789012:ory".into()),
        ("role_arn", "arn:aws:iam::123456789012:role/ory".into()),
    ] {
        change(&mut set, name, value);
    }
    let moved = setup.update(NAME, &open.state, &set).await.unwrap();
    assert!(moved.warnings.is_empty(), "{:?}", moved.warnings);
    let body = json!({ "type": "sns", "topic_arn": "arn:aws:sns:eu-central-1:123456789012:ory", "role_arn": "arn:aws:iam::123456789012:role/ory" });
    assert_eq!(written(&setup), [body]);
    assert_eq!(setup.read(NAME, &moved.state).await.unwrap().unwrap(), moved.state);
}

/// Its spelling is not published: whatever stands there, what is configured is kept while the rest is the same.
#[tokio::test]
async fn a_masked_endpoint_is_matched_by_its_other_parts() {
    let setup = Setup::new().await;
    let (project, set, made) = https(&setup, &[]).await;
    let resource = entry(NAME).resource;
    let shown = streams(&setup, &project).await[0].clone();
    assert!(!shown.to_string().contains("of-the-hook") && !shown.to_string().contains("the-first-secret"), "{shown}");
    let list = format!("GET /projects/{project}/eventstreams");
    let with = |endpoint: &str| {
        let mut shown = shown.clone();
        shown["https_endpoint"] = json!(endpoint);
        Fault::Answer(200, "application/json", json!({ "event_streams": [shown] }).to_string().leak())
    };
    for masked in ["https://***@hooks.example.com/ory?a=***&token=***", "https://REDACTED:REDACTED@hooks.example.com/ory?a=&token="] {
        setup.proxy.then(&list, with(masked));
        let state = setup.read(NAME, &made.state).await.unwrap().unwrap();
        assert_eq!(state, made.state, "{masked}");
    }
    for other in ["https://***@hooks.example.com/other?a=***&token=***", "https://hooks.example.com/ory?a=***&token=***"] {
        setup.proxy.then(&list, with(other));
        let state = setup.read(NAME, &made.state).await.unwrap().unwrap();
        assert_eq!(replan(resource, &state, &object(resource, &set)).changes.first(), Some(&"https_endpoint"), "{other}");
        // What is masked does not go back: what is configured does, with the secret.
        setup.asked();
        setup.update(NAME, &state, &set).await.unwrap();
        assert_eq!(written(&setup), [json!({ "https_endpoint": ENDPOINT, "https_auth_secret": "the-first-secret" })]);
    }
    assert_eq!(setup.proxy.unused(), 0);
}

#[tokio::test]
async fn a_changed_endpoint_requires_its_secret() {
    let setup = Setup::new().await;
    let (_, mut set, made) = https(
        &setup,
        &[
            ("https_auth_secret", Value::Null),
            ("https_auth_secret_wo", "the-first-secret".into()),
            ("https_auth_secret_wo_version", "1".into()),
        ],
    )
    .await;
    let resource = entry(NAME).resource;
    change(&mut set, "https_auth_secret_wo", Value::Null);
    assert!(replan(resource, &made.state, &object(resource, &set)).changes.is_empty());
    change(&mut set, "https_endpoint", "https://hooks.example.com/other".into());
    let refused = replan(resource, &made.state, &object(resource, &set)).diagnostics;
    assert!(
        has_errors(&refused) && told(&refused).contains("`https_auth_secret_wo` has to be sent, since `https_endpoint` changes"),
        "{refused:?}"
    );
    // What is not known yet may turn out to be the same.
    change(&mut set, "https_endpoint", Value::Unknown);
    assert!(!has_errors(&replan(resource, &made.state, &object(resource, &set)).diagnostics));
    change(&mut set, "https_endpoint", "https://hooks.example.com/other".into());
    change(&mut set, "https_auth_secret_wo", "the-first-secret".into());
    setup.update(NAME, &made.state, &set).await.unwrap();
    assert_eq!(written(&setup), [json!({ "https_endpoint": "https://hooks.example.com/other", "https_auth_secret": "the-first-secret" })]);
}

#[tokio::test]
async fn contradictory_attributes_are_refused_when_planned() {
    let resource = entry(NAME).resource;
    let topic = || Value::text("arn:aws:sns:eu-central-1:123456789012:ory");
    let role = || Value::text("arn:aws:iam::123456789012:role/ory");
    let refusals: [(&[(&str, Value)], &str); 8] = [
        (&[("type", "sns".into()), ("topic_arn", topic())], "role_arn is missing"),
        (&[("type", "https".into())], "https_endpoint is missing"),
        (&[("type", "sns".into()), ("topic_arn", topic()), ("role_arn", role()), ("https_endpoint", ENDPOINT.into())], "does not go with"),
        (&[("type", "https".into()), ("https_endpoint", "http://hooks.example.com".into())], "begins with `https://`"),
        (
            &[("type", "https".into()), ("https_endpoint", ENDPOINT.into()), ("https_auth_type", "bearer".into())],
            "https_auth_secret is missing",
        ),
        (
            &[
                ("type", "https".into()),
                ("https_endpoint", ENDPOINT.into()),
                ("https_auth_type", "api_key".into()),
                ("https_auth_secret", "s".into()),
            ],
            "https_auth_header_name is missing",
        ),
        (&[("type", "https".into()), ("https_endpoint", ENDPOINT.into()), ("https_auth_secret", "s".into())], "is not used"),
        (&[("type", "sqs".into())], "Must be one of"),
    ];
    for (set, said) in refusals {
        // Whether a secret is missing that may be write-only, a plan tells.
        let config = object(resource, set);
        let found = [validate(resource, &config), plan(resource, None, &config).diagnostics].concat();
        assert!(has_errors(&found) && told(&found).contains(said), "{said}: {found:?}");
    }
    // What is not known yet may fit.
    let open = [("type", Value::Unknown), ("https_endpoint", Value::Unknown)];
    assert!(!has_errors(&plan(resource, None, &object(resource, &open)).diagnostics));
}

#[tokio::test]
async fn a_stream_whose_answer_is_lost_is_created_once() {
    let setup = Setup::new().await;
    setup.proxy.then("POST /projects/", Fault::LoseAnswer);
    let (project, _, made) = https(&setup, &[]).await;
    assert_eq!(streams(&setup, &project).await.len(), 1);
    assert_eq!(setup.proxy.unused(), 0);
    // Another one just like it is another one.
    let (status, _) = setup.ask("DELETE", &format!("/projects/{project}/eventstreams/{}", id(&made)), None).await;
    assert_eq!(status, 204);
    assert!(setup.read(NAME, &made.state).await.unwrap().is_none());
    // No description says with which status a stream that is gone is refused.
    setup.proxy.then("DELETE", refusal(403, r#"{"error":{"code":403,"status":"Forbidden","message":"no"}}"#));
    setup.delete(NAME, &made.state).await.unwrap();
    setup.proxy.then("GET", refusal(403, r#"{"error":{"code":403,"status":"Forbidden","message":"no"}}"#));
    assert!(setup.read(NAME, &made.state).await.is_err());
}

/// As the official provider writes it, by its published schema: moments as Go prints them.
#[tokio::test]
async fn an_official_stream_plans_no_change() {
    let setup = Setup::new().await;
    let project = id(&setup.project().await);
    let body = json!({ "type": "sns", "topic_arn": "arn:aws:sns:us-east-1:123456789012:ory-events", "role_arn": "arn:aws:iam::123456789012:role/ory-event-stream" });
    let (_, made) = setup.ask("POST", &format!("/projects/{project}/eventstreams"), Some(&body)).await;
    let go = |name: &str| format!("{} +0000 UTC", made[name].as_str().unwrap().trim_end_matches('Z').replace('T', " "));
    let mut attributes = body.clone();
    for (name, value) in [
        ("id", made["id"].clone()),
        ("project_id", json!(project)),
        ("created_at", json!(go("created_at"))),
        ("updated_at", json!(go("updated_at"))),
    ] {
        attributes[name] = value;
    }
    let mut config = super::provider(&setup.emulator.url());
    config["project_id"] = json!(project);
    let mut core = Core::direct(&ORY, config).await.unwrap();
    let thing = core.moved("ory_event_stream", "registry.terraform.io/ory/ory", "ory_event_stream", 0, &attributes).await.unwrap();
    let plan = core.plan(&thing, &body).await.unwrap();
    assert_eq!(plan.action, Action::NoOp, "{:?}", plan.value);
    assert_eq!(plan.value.get("updated_at").text(), attributes["updated_at"].as_str());
    core.settled(&plan.prior, &body).await.unwrap();
}

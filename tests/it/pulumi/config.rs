//! The provider's configuration, in its many spellings.

use super::{
    Recorder, THING,
    engine::{Host, Stop},
    toy_server,
    values::told,
    wire::{is_secret, json_of, properties, secret, unknown, with},
};
use crate::toy::{Remote, Store, TOY};
use janiform::{engine::Engine, frontends::pulumi::Server, ory::ORY};
use janiform_proto::pulumirpc::{
    CallRequest, CheckRequest, ConfigureRequest, ConstructRequest, DiffRequest, ParameterizeRequest, PluginAttach,
    diff_response::DiffChanges,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;
use tonic::Code;

async fn host(env: &'static [(&'static str, &'static str)]) -> (Host, Arc<Recorder>) {
    let messages = Arc::new(Recorder::default());
    let lookup = move |name: &str| env.iter().find(|(known, _)| *known == name).map(|(_, text)| (*text).to_owned());
    let server: Server<Store> = Server::new(Arc::new(Engine::new(&TOY)), messages.clone(), Arc::new(lookup));
    (Host::start(server).await, messages)
}

#[tokio::test]
async fn every_value_may_be_a_text_and_keeps_its_spelling() {
    let remote = Remote::start();
    for config in [
        json!({ "endpoint": remote.name, "token": "t", "retries": "5", "strict": "true", "regions": "[\"a\",\"b\"]", "version": "1.0.0" }),
        json!({ "endpoint": remote.name, "token": "t", "retries": 5, "strict": true, "regions": ["a", "b"] }),
        json!({ "endpoint": remote.name, "token": "t", "retries": "5", "strict": "1", "regions": "a, b", "__internal": {} }),
    ] {
        let (mut host, _) = host(&[]).await;
        let inputs = if config.get("__internal").is_some() {
            // It is taken off; the rest stays.
            let request = CheckRequest { news: Some(properties(&config)), ..Default::default() };
            json_of(&host.client.check_config(request).await.unwrap().into_inner().inputs.unwrap())
        } else {
            host.configure(config.clone()).await.unwrap()
        };
        assert!(is_secret(&inputs["token"]), "{inputs}");
        assert_eq!(inputs["retries"], config["retries"]);
        let request = ConfigureRequest { args: Some(properties(&inputs)), ..Default::default() };
        host.client.configure(request).await.unwrap();
        host.up(THING, "it", &json!({ "name": "Thing" })).await.unwrap();
    }
}

#[tokio::test]
async fn requests_of_older_engines_are_understood() {
    let remote = Remote::start();
    let (mut host, _) = host(&[]).await;
    #[allow(deprecated, reason = "that is what they send")]
    let request = ConfigureRequest {
        variables: [("toy:config:endpoint".to_owned(), remote.name.clone()), ("toy:config:retries".to_owned(), "3".to_owned())].into(),
        ..Default::default()
    };
    host.client.configure(request).await.unwrap();
    host.up(THING, "it", &json!({ "name": "Thing" })).await.unwrap();
}

#[tokio::test]
async fn all_mistakes_are_reported_at_once() {
    let (mut host, _) = host(&[]).await;
    let Err(Stop::Refused(failures)) = host.configure(json!({ "endpont": "x", "retries": "many", "strict": "maybe", "token": "t" })).await
    else {
        panic!("it was accepted");
    };
    let said: Vec<_> = failures.into_iter().map(told).collect();
    assert_eq!(
        said,
        [
            "endpont: there is no such property; did you mean `endpoint`?",
            "retries: expected a number, found a string",
            "strict: expected a boolean, found a string",
            "token needs endpoint: `token` has no effect without `endpoint`: set both, or remove `token`.",
        ]
    );
    let Err(Stop::Refused(failures)) = host.configure(json!({ "retries": "11" })).await else { panic!("it was accepted") };
    assert_eq!(failures, [("retries".to_owned(), "retries is not valid: Must be a whole number from 0 to 9.".to_owned())]);
}

#[tokio::test]
async fn the_environment_completes_the_configuration() {
    let (mut host, _) = host(&[("TOY_ENDPOINT", "no-such-server"), ("TOY_RETRIES", "4")]).await;
    match host.configure(json!({ "token": "t" })).await {
        Err(Stop::Failed(_, message)) => {
            assert!(message.starts_with("No such toy server: "), "the check took the variable into account: {message}")
        }
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn attaching_and_configuring_again_replaces() {
    let (first, second) = (Remote::start(), Remote::start());
    let engine = Arc::new(Engine::new(&TOY));
    let messages = Arc::new(Recorder::default());
    let mut host = Host::start(Server::new(engine.clone(), messages.clone(), Arc::new(|_| None))).await;
    host.client.attach(PluginAttach { address: "127.0.0.1:2".into() }).await.unwrap();
    assert_eq!(*messages.addresses.lock().unwrap(), ["127.0.0.1:1", "127.0.0.1:2"]);
    for remote in [first, second] {
        host.configure(json!({ "endpoint": remote.name })).await.unwrap();
        host.up(THING, "it", &json!({ "name": "Thing" })).await.unwrap();
        host.state.clear();
        assert_eq!(remote.ids("thing").len(), 1);
    }
}

#[tokio::test]
async fn calls_that_need_no_configuration_work_without_it() {
    let mut host = Host::start(toy_server(Arc::new(Recorder::default()))).await;
    let inputs = host.check(THING, "it", &json!({}), &json!({ "name": "Thing" })).await.unwrap();
    assert_eq!(inputs["line"], "classic");
    match host.up(THING, "it", &json!({ "name": "Thing" })).await {
        Err(Stop::Failed(_, message)) => assert!(message.starts_with("The provider is not configured: "), "{message}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_diff_compares_by_meaning() {
    let (mut host, _) = host(&[]).await;
    let olds = json!({ "endpoint": "a", "token": "t", "retries": "5", "version": "1.0.0" });
    let mut diff = async |news: Json| {
        let request = DiffRequest {
            olds: Some(properties(&olds)),
            old_inputs: Some(properties(&olds)),
            news: Some(properties(&news)),
            ..Default::default()
        };
        host.client.diff_config(request).await.unwrap().into_inner()
    };
    assert_eq!(diff(with(&olds, json!({ "retries": 5, "version": "2.0.0" }))).await.changes(), DiffChanges::DiffNone);
    assert_eq!(diff(with(&olds, json!({ "token": secret("t") }))).await.changes(), DiffChanges::DiffNone);
    let changed = diff(with(&olds, json!({ "token": unknown(), "strict": true, "retries": null }))).await;
    assert_eq!(changed.diffs, ["token", "retries", "strict"]);
    assert!(changed.replaces.is_empty() && changed.has_detailed_diff);
}

#[tokio::test]
async fn calls_that_are_not_supported_return_unimplemented() {
    let mut host = Host::start(toy_server(Arc::new(Recorder::default()))).await;
    let codes = [
        host.client.parameterize(ParameterizeRequest::default()).await.unwrap_err().code(),
        host.client.construct(ConstructRequest::default()).await.unwrap_err().code(),
        host.client.call(CallRequest::default()).await.unwrap_err().code(),
    ];
    assert_eq!(codes, [Code::Unimplemented; 3]);
    let unknown = host.check("toy:index/nothing:Nothing", "it", &json!({}), &json!({})).await;
    assert!(matches!(unknown, Err(Stop::Failed(Code::InvalidArgument, _))), "the engine takes UNIMPLEMENTED for something else");
}

#[tokio::test]
async fn settings_with_members_are_texts_in_pulumis_or_the_tables_spelling() {
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_: &str| None));
    let mut host = Host::start(server).await;
    let token = "https://sso.example/token";
    for oauth2 in [
        format!(r#"{{"clientId":"c","clientSecret":"s","tokenUrl":"{token}"}}"#),
        format!(r#"{{"client_id":"c","client_secret":"s","token_url":"{token}"}}"#),
    ] {
        let config = json!({ "hydraAdminUrl": "https://hydra.example", "adminOauth2": oauth2 });
        host.configure(config).await.unwrap();
    }
    // What is wrong in it is still told.
    let wrong = json!({ "hydraAdminUrl": "https://hydra.example", "adminOauth2": r#"{"clientId":"c"}"# });
    assert!(matches!(host.configure(wrong).await, Err(Stop::Refused(_))));
}

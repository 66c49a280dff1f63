//! Names that programs need not choose: those that a check fills in, and those that it leaves to the stack's configuration.

use super::{
    engine::Host,
    toys,
    wire::{is_secret, json_of, properties, secret},
};
use janiform::{frontends::pulumi::names, ory::ORY};
use janiform_proto::pulumirpc::{
    CheckFailure, CheckRequest,
    check_request::{AutonamingOptions, autonaming_options::Mode},
};
use serde_json::{Value as Json, json};

const KEY: &str = "ory:index/apiKey:ApiKey";

/// A check of an object that was nothing before, or had these inputs.
fn asked(olds: &Json, news: &Json) -> CheckRequest {
    CheckRequest {
        urn: Host::urn(KEY, "trial"),
        olds: Some(properties(olds)),
        news: Some(properties(news)),
        random_seed: vec![0xab; 32],
        name: "trial".into(),
        r#type: KEY.into(),
        ..Default::default()
    }
}

async fn check(host: &mut Host, request: CheckRequest) -> (Json, Vec<CheckFailure>) {
    let answer = host.client.check(request).await.unwrap().into_inner();
    (json_of(&answer.inputs.unwrap()), answer.failures)
}

async fn name(host: &mut Host, request: CheckRequest) -> Json {
    let (inputs, failures) = check(host, request).await;
    assert!(failures.is_empty(), "{failures:?}");
    inputs["name"].clone()
}

#[tokio::test]
async fn a_missing_name_is_made_from_the_resources_name() {
    let mut host = Host::of(&ORY).await;
    let (nothing, program) = (json!({}), json!({ "actorId": "a", "ttl": "1d" }));
    assert_eq!(name(&mut host, asked(&nothing, &program)).await, "trial-abababa");
    // Older engines say the name in the URN alone, and no seed.
    let older = CheckRequest { name: String::new(), random_seed: Vec::new(), ..asked(&nothing, &program) };
    assert_eq!(name(&mut host, older).await, "trial");
    // What there is keeps its name, and the secrecy of it; what a program says counts.
    let named = |name: Json| json!({ "actorId": "a", "ttl": "1d", "name": name });
    assert_eq!(name(&mut host, asked(&named(json!("kept")), &program)).await, "kept");
    assert!(is_secret(&name(&mut host, asked(&named(secret("kept")), &program)).await));
    assert_eq!(name(&mut host, asked(&named(json!("kept")), &named(json!("said")))).await, "said");
}

#[tokio::test]
async fn the_stacks_configuration_chooses_names() {
    let mut host = Host::of(&ORY).await;
    let (nothing, program) = (json!({}), json!({ "actorId": "a", "ttl": "1d" }));
    let with = |olds: &Json, proposed: &str, mode: Mode| CheckRequest {
        autonaming: Some(AutonamingOptions { proposed_name: proposed.into(), mode: mode.into() }),
        ..asked(olds, &program)
    };
    for mode in [Mode::Propose, Mode::Enforce] {
        assert_eq!(name(&mut host, with(&nothing, "dev-trial", mode)).await, "dev-trial");
    }
    let kept = json!({ "actorId": "a", "ttl": "1d", "name": "kept" });
    for mode in [Mode::Propose, Mode::Enforce, Mode::Disable] {
        assert_eq!(name(&mut host, with(&kept, "other", mode)).await, "kept");
    }
    let (inputs, failures) = check(&mut host, with(&nothing, "", Mode::Disable)).await;
    assert!(failures.len() == 1 && failures[0].reason.contains("name"), "{failures:?}");
    assert!(inputs.get("name").is_none_or(Json::is_null), "{inputs}");
}

/// What has to be set and is only what people call an object need not be in a program; nothing else is named.
#[tokio::test]
async fn the_schema_asks_for_no_name() {
    let host = Host::of(&ORY).await;
    let mut named = Vec::new();
    for entry in ORY.resources() {
        let token = names::resource_token("ory", entry.resource.name);
        let resource = &host.schema["resources"][&token];
        for attr in entry.resource.table.attrs().filter(|attr| attr.named) {
            let lists = |list: &str| resource[list].as_array().unwrap().contains(&json!(names::camel(attr.name)));
            assert!(!lists("requiredInputs") && lists("required"), "{token}");
            named.push(entry.resource.name);
        }
    }
    named.sort_unstable();
    assert_eq!(named, ["api_key", "imported_api_key", "project", "project_api_key", "workspace", "workspace_api_key"]);
}

/// Engines since 3.260 send the outputs with the inputs, which tell in which shape both were stored.
#[tokio::test]
async fn a_name_of_an_older_shape_is_kept() {
    let (mut host, _, _) = toys().await;
    let olds = json!({ "relicId": "r", "title": "Vase", "size": "3", "ownerLogin": "ann" });
    let request = CheckRequest {
        urn: Host::urn("toy:index/relic:Relic", "it"),
        r#type: "toy:index/relic:Relic".into(),
        old_outputs: Some(properties(&olds)),
        ..asked(&olds, &json!({ "relicId": "r", "size": 3, "owner": { "login": "ann" } }))
    };
    assert_eq!(name(&mut host, request.clone()).await, "Vase");
    // Today's shape says so in its outputs.
    let today = json!({ "relicId": "r", "name": "Jar", "size": 3, "owner": { "login": "ann" }, "__version": "2" });
    let request = CheckRequest { olds: Some(properties(&today)), old_outputs: Some(properties(&today)), ..request };
    assert_eq!(name(&mut host, request).await, "Jar");
}

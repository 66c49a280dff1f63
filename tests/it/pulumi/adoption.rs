//! Stacks of Terraform's dynamic bridge: the first diff shows no change.
//!
//! `tests/fixtures/peers/bridge-stack.json` is the bridge's state after one update of seven resources, exported
//! with its secrets shown: every key and secret in it was made for it and opens nothing.

use super::{
    Recorder, THING,
    engine::{Done, Host, Stored},
    toys,
    wire::{secret, with},
};
use janiform::{engine::Engine, frontends::pulumi::Server, ory::ORY};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// What the engine sends of what its export shows: there, a secret is the text of its JSON.
pub fn sent(exported: &Json) -> Json {
    match exported {
        Json::Object(members) if members.contains_key("plaintext") => {
            secret(serde_json::from_str::<Json>(members["plaintext"].as_str().unwrap()).unwrap())
        }
        Json::Object(members) => Json::Object(members.iter().map(|(name, value)| (name.clone(), sent(value))).collect()),
        Json::Array(items) => Json::Array(items.iter().map(sent).collect()),
        other => other.clone(),
    }
}

#[tokio::test]
async fn state_of_the_bridge_is_no_change() {
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    let stack: Json = serde_json::from_str(include_str!("../../fixtures/peers/bridge-stack.json")).unwrap();
    let stack = stack["deployment"]["resources"].as_array().unwrap();
    let text = |of: &Json| of.as_str().unwrap().to_owned();
    let mut adopted = 0;
    for resource in stack.iter().filter(|resource| !resource["type"].as_str().unwrap().starts_with("pulumi:")) {
        let urn = text(&resource["urn"]);
        let stored = Stored {
            token: text(&resource["type"]),
            id: text(&resource["id"]),
            inputs: sent(&resource["inputs"]),
            outputs: sent(&resource["outputs"]),
            init_errors: Vec::new(),
        };
        // The program still says what it said to the bridge.
        let inputs = host.check(&stored.token, "it", &stored.inputs, &stored.inputs).await.unwrap();
        let diff = host.diff("it", &stored, &inputs, &[]).await.unwrap();
        assert_eq!(diff.changes(), DiffChanges::DiffNone, "{urn}: {:?}", diff.diffs);
        // While refreshing, the engine compares with inputs that no check of ours has seen.
        let diff = host.diff("it", &stored, &stored.inputs, &[]).await.unwrap();
        assert_eq!(diff.changes(), DiffChanges::DiffNone, "{urn} refreshed: {:?}", diff.diffs);
        adopted += 1;
    }
    assert_eq!(adopted, 7);
}

#[tokio::test]
async fn adopted_objects_are_read_and_written_in_the_current_shape() {
    let (mut host, _, _) = toys().await;
    let program = json!({ "name": "Thing", "audiences": ["a"], "password": "hunter2", "pin": secret("1234") });
    host.up(THING, "it", &program).await.unwrap();
    let stored = host.state.get_mut("it").unwrap();
    // As the bridge would have it: old names, secret inputs among the outputs, its own bookkeeping, an id,
    // and no word of an attribute that the other provider did not have.
    stored.inputs = with(&program, json!({ "__defaults": ["line"] }));
    stored.outputs = with(
        &stored.outputs,
        json!({
            "audience": null, "audiences": ["a"], "password": secret("hunter2"), "id": stored.id, "line": null,
            "__meta": "{\"schema_version\":\"0\"}", "__pulumi_raw_state_delta": { "obj": {} },
        }),
    );
    let bridged = stored.clone();
    assert_eq!(host.up(THING, "it", &program).await.unwrap().done, Done::Nothing);

    host.state.insert("it".into(), bridged.clone());
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    assert_eq!(host.up(THING, "it", &program).await.unwrap().done, Done::Nothing);

    host.state.insert("it".into(), bridged.clone());
    let up = host.up(THING, "it", &with(&program, json!({ "label": "new" }))).await.unwrap();
    assert_eq!((up.done, up.diff.unwrap().diffs), (Done::Updated, vec!["label".to_owned()]));
    for name in ["audiences", "password", "id", "__meta", "__pulumi_raw_state_delta"] {
        assert!(up.outputs.get(name).is_none(), "{name}");
    }

    host.state.insert("it".into(), bridged);
    host.destroy().await.unwrap();
}

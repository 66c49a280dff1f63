//! Stored objects of older shapes. Pulumi has no call for upgrades: every call with old inputs and outputs must handle them.

use super::{
    engine::{Done, Host, Stored},
    toys,
    wire::{is_secret, secret},
};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};

const RELIC: &str = "toy:index/relic:Relic";

fn program() -> Json {
    json!({ "relicId": "r", "name": "Vase", "size": 3, "token": secret("canary"), "owner": { "login": "ann" } })
}

/// What a stack has of the object, as it was stored in each shape.
fn shapes() -> [Json; 3] {
    [
        json!({ "relicId": "r", "title": "Vase", "size": "3", "code": secret("canary"), "ownerLogin": "ann" }),
        json!({ "relicId": "r", "name": "Vase", "size": "3", "code": secret("canary"), "ownerLogin": "ann", "__version": "1" }),
        json!({ "relicId": "r", "name": "Vase", "size": 3, "token": secret("canary"), "owner": { "login": "ann" }, "__version": "2" }),
    ]
}

fn store(host: &mut Host, outputs: Json) {
    let mut inputs = outputs.clone();
    inputs.as_object_mut().unwrap().remove("__version");
    host.state.insert("it".into(), Stored { token: RELIC.into(), id: "r".into(), inputs, outputs, init_errors: Vec::new() });
}

#[tokio::test]
async fn a_stack_of_each_older_shape_is_upgraded() {
    let (mut host, remote, _) = toys().await;
    host.up(RELIC, "it", &program()).await.unwrap();
    assert_eq!(host.state["it"].outputs["__version"], "2");
    remote.requests();
    for outputs in shapes() {
        // The program is today's, with and without a refresh before.
        store(&mut host, outputs.clone());
        assert_eq!(host.up(RELIC, "it", &program()).await.unwrap().done, Done::Nothing, "{outputs}");
        let seen = host.refresh("it").await.unwrap().unwrap();
        assert_eq!(seen.changes(), DiffChanges::DiffNone, "{outputs}: {:?}", seen.diffs);
        let stored = &host.state["it"];
        assert!(is_secret(&stored.outputs["token"]) && is_secret(&stored.inputs["token"]), "{stored:?}");
        assert_eq!((&stored.outputs["__version"], stored.outputs.get("code")), (&json!("2"), None));
        assert_eq!(host.up(RELIC, "it", &program()).await.unwrap().done, Done::Nothing, "{outputs}");
        // A change writes what differs from what is there.
        store(&mut host, outputs);
        let mut other = program();
        other["size"] = json!(4);
        assert_eq!(host.up(RELIC, "it", &other).await.unwrap().done, Done::Updated);
        assert_eq!(host.up(RELIC, "it", &program()).await.unwrap().done, Done::Updated);
    }
    // What the user keeps secret stays so under its other name.
    let mut kept = shapes()[0].clone();
    kept["title"] = secret("Vase");
    store(&mut host, kept);
    host.refresh("it").await.unwrap().unwrap();
    assert!(is_secret(&host.state["it"].outputs["name"]), "{:?}", host.state["it"].outputs);
    let old = shapes()[0].clone();
    store(&mut host, old);
    host.destroy().await.unwrap();
    assert!(remote.ids("relic").is_empty());
}

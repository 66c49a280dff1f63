//! The inputs that an import writes into the program, and the effect of an import's own inputs.

use super::{
    THING,
    engine::{Done, Stop},
    toys,
    wire::{is_secret, secret, with},
};
use crate::toy::Hook;
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::json;

/// Import files may say what the server never tells: it is part of the state's inputs then, and of no output.
#[tokio::test]
async fn imported_inputs_that_no_answer_shows_count_as_applied() {
    let (mut host, remote, _) = toys().await;
    host.up(THING, "it", &json!({ "name": "Thing", "thingId": "mine" })).await.unwrap();
    host.import(THING, "imported", "mine").await.unwrap().unwrap();
    let imported = host.state.get_mut("imported").unwrap();
    imported.inputs = with(&imported.inputs, json!({ "note": "mine", "password": secret("hunter2") }));
    let program = json!({ "name": "Thing", "thingId": "mine", "note": "mine", "password": "hunter2" });
    remote.requests();
    for _ in 0..2 {
        assert_eq!(host.up(THING, "imported", &program).await.unwrap().done, Done::Nothing);
        assert_eq!(host.refresh("imported").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
        let inputs = &host.state["imported"].inputs;
        assert!(inputs["note"] == "mine" && is_secret(&inputs["password"]), "a refresh keeps them");
    }
    assert_eq!(remote.requests(), []);
    // Another value is a change all the same.
    let up = host.up(THING, "imported", &with(&program, json!({ "note": "other" }))).await.unwrap();
    assert_eq!((up.done, up.diff.unwrap().diffs), (Done::Updated, vec!["note".to_owned()]));
}

#[tokio::test]
async fn an_object_from_a_failed_create_is_not_an_import() {
    let (mut host, remote, _) = toys().await;
    remote.hook("create", Hook::Half);
    let program = json!({ "name": "Thing", "note": "one" });
    assert!(matches!(host.up(THING, "it", &program).await, Err(Stop::HalfDone(_))));
    assert_eq!(host.state["it"].outputs["note"], "one");
    assert_eq!(host.up(THING, "it", &with(&program, json!({ "note": "two" }))).await.unwrap().done, Done::Updated);
}

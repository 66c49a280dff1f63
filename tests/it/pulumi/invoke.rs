//! Functions.

use super::{
    THING,
    engine::Stop,
    toys,
    wire::{is_secret, secret},
};
use serde_json::json;

const GET_THING: &str = "toy:index/getThing:getThing";

#[tokio::test]
async fn an_object_is_found_by_each_of_its_names() {
    let (mut host, _, _) = toys().await;
    host.up(THING, "it", &json!({ "name": "Thing", "thingId": "mine", "pin": "1234", "tags": { "a": "b" } })).await.unwrap();
    for args in [json!({ "id": "mine" }), json!({ "thingId": "mine" }), json!({ "name": "Thing" })] {
        let found = host.invoke(GET_THING, &args).await.unwrap();
        assert_eq!((&found["id"], &found["name"], &found["tags"]["a"]), (&json!("mine"), &json!("Thing"), &json!("b")), "{args}");
        assert!(is_secret(&found["pin"]) && !is_secret(&found["id"]));
        assert!(found.get("password").is_none() && found.get("clientSecret").is_none());
    }
}

#[tokio::test]
async fn a_secret_argument_stays_secret() {
    let (mut host, _, _) = toys().await;
    host.up(THING, "it", &json!({ "name": "Thing", "thingId": "mine" })).await.unwrap();
    let found = host.invoke(GET_THING, &json!({ "id": secret("mine") })).await.unwrap();
    assert_eq!(found["id"], secret("mine"));
    let found = host.invoke(GET_THING, &json!({ "name": secret("Thing") })).await.unwrap();
    assert_eq!((&found["name"], &found["slug"]), (&secret("Thing"), &secret("thing")), "what follows from it too");
}

#[tokio::test]
async fn a_failed_look_up_is_an_error() {
    let (mut host, _, _) = toys().await;
    let failures = async |host: &mut super::engine::Host, args| match host.invoke(GET_THING, &args).await {
        Err(Stop::Refused(failures)) => failures.into_iter().map(|(property, reason)| format!("{property}: {reason}")).collect::<Vec<_>>(),
        other => panic!("{other:?}"),
    };
    assert_eq!(failures(&mut host, json!({})).await, [": Nothing to look for: Set one of `id`, `thingId` or `name`."]);
    let said = failures(&mut host, json!({ "id": "x", "namee": 1, "createdAt": "x" })).await;
    assert_eq!(said.len(), 2, "{said:?}");
    match host.invoke(GET_THING, &json!({ "id": "nobody" })).await {
        Err(Stop::Failed(_, message)) => assert!(message.contains("No thing found"), "{message}"),
        other => panic!("{other:?}"),
    }
    assert!(matches!(host.invoke("toy:index/getNothing:getNothing", &json!({})).await, Err(Stop::Failed(..))));
}

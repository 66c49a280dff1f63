//! Checks of inputs: what is refused, what is accepted, and the messages.

use super::{
    THING,
    engine::{Done, Host, Stop},
    toys,
    wire::{is_secret, secret, unknown},
};
use janiform::frontends::pulumi::property::SIGNATURE;
use serde_json::{Value as Json, json};

async fn failures(host: &mut Host, program: Json) -> Vec<String> {
    match host.check(THING, "it", &json!({}), &program).await {
        Err(Stop::Refused(failures)) => failures.into_iter().map(told).collect(),
        other => panic!("{other:?}"),
    }
}

/// As the engine says it. Of some the property is not named, since the engine would print its value.
pub fn told((property, reason): (String, String)) -> String {
    if property.is_empty() { reason } else { format!("{property}: {reason}") }
}

#[tokio::test]
async fn all_mistakes_are_reported_at_once_with_pulumis_names() {
    let (mut host, _, messages) = toys().await;
    let program = json!({
        "methd": "post",
        "size": 0,
        "ttl": "a day",
        "enabled": [],
        "owner": { "lgin": "x", "desk": { "floor": "low" } },
        "ports": [{ "number": 80 }, { "number": 0 }],
        "tags": { "a.b": "has blank" },
        "createdAt": "now",
        "keys": "[]",
        "keysWo": "[]",
        "id": "mine",
        "thing_id": "mine",
        "flavour": "salty",
    });
    let said = failures(&mut host, program).await;
    for expected in [
        "methd: there is no such property; did you mean `method`?",
        "thing_id: there is no such property; did you mean `thingId`?",
        "enabled: expected a boolean, found a list",
        "owner.lgin: there is no such property; did you mean `login`?",
        "owner.desk.floor: expected a number, found a string",
        "createdAt: is decided by the provider and cannot be set",
        "size: size is not valid: Must be a whole number from 1 to 100.",
        "keysWo conflicts with keys: Only one of `keys`, `keysWo` can be set: remove the others.",
        "ports[1].number: ports[1].number is not valid: Must be a whole number from 1 to 65535.",
    ] {
        assert!(said.iter().any(|said| said == expected), "{expected}\n{said:#?}");
    }
    assert!(said.iter().any(|said| said.starts_with("id: the id is chosen")));
    assert!(said.iter().any(|said| said.starts_with("name: name is missing")));
    assert!(said.iter().any(|said| said.starts_with("ttl: ttl is not valid: Must be a duration")));
    assert!(said.iter().any(|said| said.starts_with("tags[\"a.b\"]: ")));
    assert!(!said.iter().any(|said| said.starts_with("enabled: enabled")), "nothing else is said of what could not be read");
    assert!(messages.warnings().iter().any(|warning| warning.starts_with("flavour is unusual")));
}

#[tokio::test]
async fn special_values_are_understood_or_refused() {
    let (mut host, _, _) = toys().await;
    let special = |kind: &str, more: Json| super::wire::with(&json!({ SIGNATURE: kind }), more);
    let reference = |id: Json| special("5cf8f73096256a8f31e491e813e4eb8e", json!({ "urn": "urn:pulumi:x::y::z::w", "id": id }));
    let output = |more: Json| special("d0e6a833031e9bbcd3f4e8bde6ca49a4", more);
    let program = json!({
        "name": reference(json!("the-id")),
        "label": output(json!({ "value": "shown", "secret": true, "dependencies": ["urn"] })),
        "hint": output(json!({})),
        "region": reference(json!("")),
        "note": special("803fd3297a5875dc03ca845dda5d2a98", json!({ "value": "aGVsbG8=" })),
        "homepage": secret(output(json!({ "value": secret("https://a.example") }))),
        "document": 12,
        "size": "7",
        "enabled": "false",
    });
    let inputs = host.check(THING, "it", &json!({}), &program).await.unwrap();
    assert_eq!(inputs["name"], "the-id");
    assert_eq!(inputs["label"], secret("shown"));
    assert_eq!(inputs["hint"], unknown());
    assert_eq!(inputs["region"], unknown());
    assert_eq!(inputs["note"], "hello");
    assert_eq!(inputs["homepage"], secret("https://a.example"));
    assert_eq!((&inputs["document"], &inputs["size"], &inputs["enabled"]), (&json!("12"), &json!(7), &json!(false)));

    for (kind, value, expected) in [
        ("c44067f5952c0a294b673a41bacd8c17", json!({ "text": "x" }), "assets and archives"),
        ("0def7320c3a5731c473e5ecbe6d01bc7", json!({ "path": "x" }), "assets and archives"),
        ("something else", json!({}), "special value"),
        ("1b47061264138c4ac30d75fd1eb44270", json!({}), "a secret without a value"),
        ("803fd3297a5875dc03ca845dda5d2a98", json!({ "value": "//79" }), "not UTF-8"),
        ("5cf8f73096256a8f31e491e813e4eb8e", json!({}), "without a URN"),
    ] {
        let said = failures(&mut host, json!({ "name": "Thing", "label": special(kind, value) })).await;
        assert!(said.len() == 1 && said[0].starts_with("label: ") && said[0].contains(expected), "{said:?}");
    }
    let said = failures(&mut host, json!({ "name": "Thing", "serial": "12345678901234567890" })).await;
    assert_eq!(said, ["serial: has more digits than Pulumi's numbers can have"]);
}

#[tokio::test]
async fn former_names_are_understood_and_never_emitted() {
    let (mut host, _, messages) = toys().await;
    let old = json!({ "name": "Thing", "audiences": [secret("a")] });
    let up = host.up(THING, "it", &old).await.unwrap();
    assert!(messages.warnings().contains(&"`audiences` is called `audience` now: rename it in your program.".to_owned()));
    for properties in [&up.inputs, &up.outputs, &up.foreseen] {
        assert!(is_secret(&properties["audience"]) && properties.get("audiences").is_none());
    }
    assert_eq!(host.up(THING, "it", &json!({ "name": "Thing", "audience": ["a"] })).await.unwrap().done, Done::Nothing);
    let said = failures(&mut host, json!({ "name": "Thing", "audience": ["a"], "audiences": ["b"] })).await;
    assert_eq!(said, ["audiences: is the former name of `audience`, which is set too: remove `audiences`"]);
}

#[tokio::test]
async fn null_is_the_same_as_a_missing_property() {
    let (mut host, _, _) = toys().await;
    host.up(THING, "it", &json!({ "name": "Thing", "label": null, "owner": { "login": "ada", "email": null }, "line": null }))
        .await
        .unwrap();
    let up = host.up(THING, "it", &json!({ "name": "Thing", "owner": { "login": "ada" } })).await.unwrap();
    assert_eq!(up.done, Done::Nothing);
    let said = failures(&mut host, json!({ "name": "Thing", "steps": ["a", null] })).await;
    assert!(said.len() == 1 && said[0].starts_with("steps[1]: steps[1] is null"), "{said:?}");
}

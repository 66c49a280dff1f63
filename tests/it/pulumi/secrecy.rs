//! How secrecy spreads: to failures, with which engines print a value, and to values computed from a secret.

use super::{
    LINK, THING,
    engine::{Done, Stop},
    toys,
    values::told,
    wire::{has_secret, is_secret, plain, secret, unknown, with},
};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};

#[tokio::test]
async fn no_failure_names_a_secret_property() {
    let (mut host, _, _) = toys().await;
    let program = json!({
        "name": secret("has blank"),
        "labl": "x",
        "enabled": [],
        "size": secret(500),
        "weight": "heavy",
        "tags": { "a": secret("b"), "c": "has blank" },
        "owner": { "login": "ada", "badge": ["x"] },
        "ports": [{ "number": 0 }],
        "rules": [{ "word": secret("a") }, { "word": "b", "until": "later" }],
        "pin": {},
        "password": ["x"],
    });
    let Err(Stop::Refused(failures)) = host.check(THING, "it", &json!({}), &program).await else { panic!("it was accepted") };
    let said: Vec<_> = failures.into_iter().map(told).collect();
    let because = ": Must be a duration";
    let said: Vec<_> = said.iter().map(|said| said.split(because).next().unwrap()).collect();
    assert_eq!(
        said,
        [
            // The property is left out, and the reason begins with its name.
            "enabled: expected a boolean, found a list",
            "labl: there is no such property; did you mean `label`?",
            "owner.badge: expected a string, found a list",
            "password: expected a string, found a list",
            "pin: expected a string, found an object",
            "weight: expected a number, found a string",
            "name is not valid: Blanks are not allowed.",
            "size is not valid: Must be a whole number from 1 to 100.",
            "tags.c: tags[\"c\"] is not valid: Blanks are not allowed.",
            "ports[0].number: ports[0].number is not valid: Must be a whole number from 1 to 65535.",
            "rules[1].until is not valid",
        ]
    );
}

/// What Pulumi YAML 1.38.1 makes of `config` values whose type is `string` (`findings/pulumi-yaml-config-types.sh`).
#[tokio::test]
async fn a_secret_that_may_have_been_another_text_is_refused() {
    let (mut host, _, messages) = toys().await;
    let with = |name: &str, value: Json| with(&json!({ "name": "Thing" }), json!({ name: value }));
    for (name, value, found) in [
        // Written as 1.50, and as t.
        ("password", secret(1.5), "a number that may have had other digits"),
        ("password", json!(true), "a boolean that may have been another text"),
        ("password", json!(12345678901234567890_f64), "a number that may have had other digits"),
        ("pin", json!(0.5), "a number that may have had other digits"),
        // The digits of one that is no secret are lost too.
        ("label", json!(12345678901234567890_f64), "a number that may have had other digits"),
    ] {
        let refused = host.check(THING, "it", &json!({}), &with(name, value.clone())).await;
        let Err(Stop::Refused(failures)) = refused else { panic!("{name}: {value} was accepted") };
        let said: Vec<_> = failures.into_iter().map(told).collect();
        assert!(said.len() == 1 && said[0].starts_with(&format!("{name}: expected a string, found {found}. Write")), "{said:?}");
        assert!(said[0].contains("`pulumi config set NAME '\"…\"'`"), "{said:?}");
    }
    for (name, value) in [("password", json!(1234567)), ("label", json!(1.5)), ("label", json!(true))] {
        host.check(THING, "it", &json!({}), &with(name, value.clone())).await.unwrap_or_else(|stop| panic!("{name} {value}: {stop:?}"));
    }
    assert_eq!(messages.warnings(), [""; 0]);
}

#[tokio::test]
async fn a_value_computed_from_a_secret_is_secret() {
    let (mut host, _, messages) = toys().await;
    let program = json!({ "name": secret("Thing"), "keys": secret("{\"keys\":[1]}"), "region": "near" });
    let up = host.up(THING, "it", &program).await.unwrap();
    for outputs in [&up.outputs, &up.foreseen] {
        assert!(is_secret(&outputs["slug"]), "it is the name in small letters: {outputs}");
        assert!(!has_secret(&outputs["fingerprint"]), "of what is declared secret the table says itself what is secret");
        assert!(["shelf", "createdAt", "thingId"].iter().all(|name| !has_secret(&outputs[name])));
    }
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    assert!(is_secret(&host.state["it"].outputs["slug"]));
    let up = host.up(THING, "it", &with(&program, json!({ "name": secret("Other") }))).await.unwrap();
    assert!(up.done == Done::Updated && is_secret(&up.outputs["slug"]) && plain(&up.outputs["slug"]) == "other");
    // What an older provider left in the open is closed by the next look.
    host.state.get_mut("it").unwrap().outputs["slug"] = json!("other");
    host.refresh("it").await.unwrap();
    assert_eq!(host.state["it"].outputs["slug"], secret("other"));
    assert_eq!(messages.warnings(), [""; 0]);
}

#[tokio::test]
async fn an_id_made_of_a_secret_is_a_warning() {
    let (mut host, _, messages) = toys().await;
    let up = host.up(LINK, "link", &json!({ "from": secret("alpha"), "to": "beta", "kinds": ["x"] })).await.unwrap();
    assert!(is_secret(&up.outputs["linkId"]) && !has_secret(&up.outputs["to"]));
    let said = messages.warnings();
    assert!(said.iter().all(|said| said.contains("cannot be encrypted") && said.contains("from")) && !said.is_empty(), "{said:?}");
    assert!(!said.concat().contains("alpha"));
    // It is said as soon as it is known.
    host.preview(LINK, "other", &json!({ "from": "alpha", "to": secret(unknown()) })).await.unwrap();
    assert_eq!(messages.warnings().len(), 0);
    host.up(THING, "it", &json!({ "name": "Thing", "thingId": secret("mine") })).await.unwrap();
    assert!(messages.warnings().iter().all(|said| said.contains("thingId")));
    host.up(THING, "plain", &json!({ "name": secret("Thing"), "thingId": "yours" })).await.unwrap();
    assert_eq!(messages.warnings(), [""; 0]);
}

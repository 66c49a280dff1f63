//! Every sort of attribute from creation to deletion.

use super::{
    LINK, THING,
    engine::{Done, Host, Stop},
    toys,
    wire::{has_secret, is_secret, plain, secret, unknown, with},
};
use crate::support::stored::{kind_from_json, kind_to_json};
use crate::toy::{Hook, Remote, THING as TABLE};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};
use tonic::Code;

/// One attribute: two values for it, and another spelling of the first.
struct Case {
    attr: &'static str,
    property: &'static str,
    first: Json,
    second: Json,
    respelled: Option<Json>,
    /// What an object without the attribute in its program would still have.
    stays: bool,
    /// A change needs a new object.
    replaces: bool,
}

fn case(attr: &'static str, property: &'static str, first: Json, second: Json) -> Case {
    Case { attr, property, first, second, respelled: None, stays: false, replaces: false }
}

impl Case {
    fn means(self, respelled: Json) -> Case {
        Case { respelled: Some(respelled), ..self }
    }

    fn stays(self) -> Case {
        Case { stays: true, ..self }
    }

    fn replaces(self) -> Case {
        Case { replaces: true, ..self }
    }
}

fn cases() -> Vec<Case> {
    vec![
        case("thing_id", "thingId", json!("mine"), json!("yours")).stays().replaces(),
        case("region", "region", json!("near"), json!("far")).replaces(),
        case("line", "line", json!("modern"), json!("baroque")).replaces(),
        case("maker", "maker", json!("us"), json!("them")).stays().replaces(),
        case("label", "label", json!("one"), json!("two")),
        case("method", "method", json!("post"), json!("none")),
        case("flavour", "flavour", json!("sweet"), json!("sour")),
        case("hint", "hint", json!("try"), json!("wait")),
        case("algorithm", "algorithm", json!("RS256"), json!("ES256")),
        case("ttl", "ttl", json!("90m"), json!("2h")).means(json!("1h30m0s")).stays(),
        case("grace", "grace", json!("90s"), json!("2m")).means(json!("1m30s")),
        case("homepage", "homepage", json!("https://a.example/"), json!("https://b.example")).means(json!("https://a.example")),
        case("scope", "scope", json!("a b"), json!("a c")).means(json!("b  a")).stays(),
        case("document", "document", json!("{\"a\": 1, \"b\": [2]}"), json!("{\"a\":2}")).means(json!("{\"b\":[2.0],\"a\":1}")),
        case("expires_at", "expiresAt", json!("2030-01-01T01:00:00+01:00"), json!("2031-01-01T00:00:00Z"))
            .means(json!("2030-01-01T00:00:00Z")),
        case("enabled", "enabled", json!(false), json!(true)),
        case("audited", "audited", json!(true), json!(false)),
        case("size", "size", json!(5), json!(7)),
        case("serial", "serial", json!(1.5), json!(1e15)).means(json!("1.50")),
        case("weight", "weight", json!(1.25), json!(3)).stays(),
        case("origins", "origins", json!(["https://a.example/", "https://b.example"]), json!(["https://c.example"]))
            .means(json!(["https://b.example", "https://a.example"])),
        case("steps", "steps", json!(["one", "two"]), json!(["two", "one"])),
        case("audience", "audience", json!(["a"]), json!(["a", "b"])),
        case("grants", "grants", json!(["write", "read"]), json!(["write"])).means(json!(["read", "write"])).stays(),
        case("tags", "tags", json!({ "a": "1", "b.c": "2" }), json!({ "a": "1", "d": "3" })),
        case(
            "owner",
            "owner",
            json!({ "login": "ada", "leave": "90m" }),
            json!({ "login": "ada", "desk": { "floor": 2, "things": ["x"] } }),
        )
        .means(json!({ "login": "ada", "leave": "1h30m" })),
        case("ports", "ports", json!([{ "number": 80 }, { "number": 81, "idle": "90s" }]), json!([{ "number": 80, "open": true }]))
            .means(json!([{ "number": 80 }, { "number": 81, "idle": "1m30s" }])),
        case("rules", "rules", json!([{ "word": "b" }, { "word": "a", "until": "60m" }]), json!([{ "word": "c" }]))
            .means(json!([{ "word": "a", "until": "1h" }, { "word": "b" }])),
        case("pin", "pin", json!("1234"), json!("4321")),
        case("keys", "keys", json!("{\"keys\":[1]}"), json!("{\"keys\":[2]}")).means(json!("{ \"keys\": [1] }")),
    ]
}

fn program(property: &str, value: &Json) -> Json {
    with(&json!({ "name": "Thing" }), json!({ property: value }))
}

fn is_default(attr: &str, value: &Json) -> bool {
    let attr = TABLE.table.attrs().find(|known| known.name == attr).unwrap();
    attr.default.is_some_and(|default| kind_to_json(&attr.kind, &default.value()) == *value)
}

/// Changes the attribute on the server.
fn drift(remote: &Remote, id: &str, attr: &str, value: &Json) {
    let attr = TABLE.table.attrs().find(|known| known.name == attr).unwrap();
    let value = kind_from_json(&attr.kind, value).unwrap();
    remote.edit("thing", id, |fields| drop(fields.insert(attr.pointer().to_string(), value)));
}

#[tokio::test]
async fn every_attribute_goes_through_its_lifecycle() {
    let (mut host, remote, _) = toys().await;
    for case in cases() {
        if let Err(stop) = life(&mut host, &remote, &case).await {
            panic!("{}: {stop:?}", case.attr);
        }
    }
}

async fn life(host: &mut Host, remote: &Remote, case: &Case) -> Result<(), Stop> {
    let name = case.attr;
    let changed = if case.replaces { Done::Replaced } else { Done::Updated };
    let up = host.up(THING, "it", &program(case.property, &case.first)).await?;
    assert_eq!(up.done, Done::Created, "{name}");
    if let Some(respelled) = &case.respelled {
        let up = host.up(THING, "it", &program(case.property, respelled)).await?;
        assert_eq!(up.done, Done::Nothing, "{name} respelled: {:?}", up.diff);
    }
    let refreshed = host.refresh("it").await?.expect("it is there");
    assert_eq!(refreshed.changes(), DiffChanges::DiffNone, "{name} refreshed: {refreshed:?}");
    let imported_id = host.state["it"].id.clone();
    host.import(THING, "imported", &imported_id).await?.expect("it is there");
    host.state.remove("imported");

    let up = host.up(THING, "it", &program(case.property, &case.second)).await?;
    assert_eq!(up.done, changed, "{name} changed");
    let diff = up.diff.unwrap();
    assert_eq!(diff.diffs, [case.property], "{name} changed");
    assert_eq!(diff.replaces.is_empty(), !case.replaces, "{name}");

    if !case.replaces {
        drift(remote, &host.state["it"].id, case.attr, &case.first);
        let seen = host.refresh("it").await?.expect("it is there");
        assert_eq!(seen.diffs, [case.property], "{name} drifted");
        let up = host.up(THING, "it", &program(case.property, &case.second)).await?;
        assert_eq!(up.done, Done::Updated, "{name} drifted");
    }

    let up = host.up(THING, "it", &program(case.property, &Json::Null)).await?;
    assert_eq!(up.done, if case.stays || is_default(case.attr, &case.second) { Done::Nothing } else { changed }, "{name} removed");
    let refreshed = host.refresh("it").await?.expect("it is there");
    assert_eq!(refreshed.changes(), DiffChanges::DiffNone, "{name} refreshed at last: {refreshed:?}");
    host.destroy().await?;
    assert!(remote.ids("thing").is_empty(), "{name}");
    Ok(())
}

/// As much as one program can say.
fn everything() -> Json {
    let mut all = json!({ "name": "Thing", "password": "hunter2", "passwordVersion": 1, "note": "mine", "tagline": "old" });
    for case in cases() {
        all = with(&all, json!({ case.property: case.first }));
    }
    all
}

#[tokio::test]
async fn all_attributes_together_are_created_read_and_imported() {
    let (mut host, remote, messages) = toys().await;
    host.up(THING, "it", &everything()).await.unwrap();
    assert!(messages.warnings().iter().any(|warning| warning.contains("tagline is deprecated: Use `label`.")));
    assert_eq!(host.up(THING, "it", &everything()).await.unwrap().done, Done::Nothing);
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    assert_eq!(host.up(THING, "it", &everything()).await.unwrap().done, Done::Nothing);

    let stored = host.import(THING, "imported", "mine").await.unwrap().unwrap();
    assert_eq!(stored.inputs["ports"], json!([{ "number": 80 }, { "number": 81, "idle": "1m30s" }]));
    assert!(stored.inputs.get("line").is_some_and(|line| line == "modern"));
    assert!(is_secret(&stored.inputs["pin"]));
    assert!(stored.inputs.get("createdAt").is_none());
    assert!(host.import(THING, "nothing", "no-such-thing").await.unwrap().is_none());

    // Somebody else's object, with and without knowing anything of it.
    for known in [json!({}), json!({ "name": "Thing" })] {
        let outputs = host.get(THING, "other", "mine", &known).await.unwrap().unwrap();
        assert_eq!(outputs["name"], "Thing");
        assert_eq!(outputs["region"], "near");
    }
    assert!(host.get(THING, "other", "no-such-thing", &json!({})).await.unwrap().is_none());

    // What is gone is gone, and may be deleted all the same.
    remote.remove("thing", "mine");
    host.state.remove("imported");
    let stored = host.state["it"].clone();
    assert!(host.refresh("it").await.unwrap().is_none());
    host.state.insert("it".into(), stored);
    host.destroy().await.unwrap();
}

#[tokio::test]
async fn an_import_of_defaults_has_only_required_inputs() {
    let (mut host, _, _) = toys().await;
    host.up(THING, "it", &json!({ "name": "Thing" })).await.unwrap();
    let id = host.state["it"].id.clone();
    let stored = host.import(THING, "imported", &id).await.unwrap().unwrap();
    assert_eq!(stored.inputs["name"], "Thing");
    for left_out in ["line", "method", "enabled", "size", "label", "tags", "thingId"] {
        assert!(stored.inputs.get(left_out).is_none(), "{left_out}");
    }
}

#[tokio::test]
async fn secrets_stay_secret() {
    let (mut host, remote, _) = toys().await;
    let program = json!({
        "name": "Thing",
        "label": secret("hidden"),
        "steps": ["one", secret("two")],
        "tags": { "a": "open", "b": secret("hidden") },
        "owner": { "login": secret("ada"), "badge": "b1", "desk": { "things": [secret("x")] } },
        "ports": [{ "number": secret(80) }],
        "pin": "1234",
    });
    let up = host.up(THING, "it", &program).await.unwrap();
    for outputs in [&up.outputs, &up.foreseen] {
        for property in ["label", "steps", "ports", "pin"] {
            assert!(is_secret(&outputs[property]), "{property}");
        }
        assert!(is_secret(&outputs["tags"]["b"]) && !has_secret(&outputs["tags"]["a"]));
        assert!(is_secret(&outputs["owner"]["login"]) && is_secret(&outputs["owner"]["badge"]));
        assert!(is_secret(&outputs["owner"]["desk"]["things"]));
        assert!(!has_secret(&outputs["name"]));
    }
    assert!(is_secret(&up.outputs["clientSecret"]));

    // Secrecy alone is no change, whichever way it goes.
    assert_eq!(host.up(THING, "it", &plain(&program)).await.unwrap().done, Done::Nothing);
    assert_eq!(host.up(THING, "it", &program).await.unwrap().done, Done::Nothing);
    host.refresh("it").await.unwrap();
    let stored = &host.state["it"];
    assert!(is_secret(&stored.outputs["label"]) && is_secret(&stored.inputs["label"]));
    assert!(is_secret(&stored.outputs["clientSecret"]), "what is told once is kept");

    // A secret of which a part changed behind our back stays one.
    drift(&remote, &stored.id.clone(), "steps", &json!(["two", "one", "three"]));
    host.refresh("it").await.unwrap();
    assert!(is_secret(&host.state["it"].outputs["steps"]) && is_secret(&host.state["it"].inputs["steps"]));
}

#[tokio::test]
async fn write_only_values_are_sent_and_never_shown() {
    let (mut host, remote, _) = toys().await;
    let sent = |remote: &Remote| {
        remote.requests().into_iter().filter(|request| request.body.get("password").is_some_and(|value| !value.is_null())).count()
    };
    let program = |password: &str| json!({ "name": "Thing", "password": password, "keysWo": "[1]" });
    let up = host.up(THING, "it", &program("one")).await.unwrap();
    assert!(is_secret(&up.inputs["password"]), "it is kept encrypted");
    assert_eq!(sent(&remote), 1);
    assert_eq!(host.up(THING, "it", &program("one")).await.unwrap().done, Done::Nothing);
    assert_eq!(host.refresh("it").await.unwrap().unwrap().changes(), DiffChanges::DiffNone);
    assert_eq!(host.up(THING, "it", &program("one")).await.unwrap().done, Done::Nothing);
    // Without a version, a changed value is enough: Pulumi remembers the last one.
    let up = host.up(THING, "it", &program("two")).await.unwrap();
    assert_eq!(up.done, Done::Updated);
    let diff = up.diff.unwrap();
    assert_eq!(diff.diffs, ["password"]);
    assert!(diff.detailed_diff["password"].input_diff, "there is no output to compare with");
    assert_eq!(sent(&remote), 1);
    // A change of something else does not send it again.
    host.up(THING, "it", &with(&program("two"), json!({ "label": "x" }))).await.unwrap();
    assert_eq!(sent(&remote), 0);
    assert!(host.state["it"].outputs.get("keys").is_none(), "the readable twin is not read");
    let up = host.up(THING, "it", &json!({ "name": "Thing" })).await.unwrap();
    assert_eq!(up.done, Done::Updated, "taking it away is a change");
}

#[tokio::test]
async fn unknown_values_are_unknown_in_previews() {
    let (mut host, remote, _) = toys().await;
    let program = json!({
        "name": unknown(),
        "region": secret(unknown()),
        "size": "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
        "enabled": "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
        "tags": "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
        "steps": ["one", unknown()],
        "owner": { "login": unknown() },
    });
    let (_, foreseen) = host.preview(THING, "it", &program).await.unwrap();
    assert_eq!(foreseen["name"], unknown());
    assert_eq!(foreseen["region"], secret(unknown()));
    assert_eq!(foreseen["size"], unknown());
    assert_eq!(foreseen["slug"], unknown(), "it follows from the name");
    assert_eq!(foreseen["shelf"], unknown(), "it follows from the region");
    assert_eq!(foreseen["createdAt"], unknown());
    assert_eq!(foreseen["label"], Json::Null, "known to be nothing");
    assert!(remote.requests().is_empty(), "a preview sends nothing");

    host.up(THING, "it", &json!({ "name": "Thing", "region": "near", "steps": ["one"] })).await.unwrap();
    remote.requests();
    let (diff, foreseen) =
        host.preview(THING, "it", &json!({ "name": unknown(), "region": "near", "steps": ["one", unknown()] })).await.unwrap();
    let diff = diff.unwrap();
    assert_eq!(diff.diffs, ["name", "steps"]);
    assert!(diff.replaces.is_empty());
    assert!(diff.stables.contains(&"thingId".to_owned()) && diff.stables.contains(&"createdAt".to_owned()));
    assert_eq!(foreseen["thingId"], host.state["it"].outputs["thingId"]);
    assert_eq!(foreseen["updatedAt"], unknown());
    let (diff, _) = host.preview(THING, "it", &json!({ "name": "Thing", "region": unknown(), "steps": ["one"] })).await.unwrap();
    assert_eq!(diff.unwrap().replaces, ["region"], "it may have to be replaced");
    assert!(remote.requests().is_empty());
}

#[tokio::test]
async fn details_have_the_paths_of_changes() {
    let (mut host, _, _) = toys().await;
    let before = json!({
        "name": "Thing",
        "tags": { "a": "1", "b.c": "2", "gone": "x" },
        "owner": { "login": "ada", "desk": { "floor": 1 } },
        "ports": [{ "number": 80 }, { "number": 81 }],
        "label": "old",
    });
    host.up(THING, "it", &before).await.unwrap();
    let after = json!({
        "name": "Thing",
        "tags": { "a": "1", "b.c": "3", "new": "y" },
        "owner": { "login": "ada", "email": "ada@example.com", "desk": { "floor": 2 } },
        "ports": [{ "number": 80, "open": true }],
        "hint": "new",
    });
    let diff = host.up(THING, "it", &after).await.unwrap().diff.unwrap();
    let details: Vec<_> = diff.detailed_diff.iter().map(|(path, detail)| format!("{path} {:?}", detail.kind())).collect();
    assert_eq!(
        details,
        [
            "hint Add",
            "label Delete",
            "owner.desk.floor Update",
            "owner.email Add",
            "ports[0].open Add",
            "ports[1] Delete",
            "tags.gone Delete",
            "tags.new Add",
            "tags[\"b.c\"] Update",
        ]
    );
    assert!(!diff.delete_before_replace);
}

/// By the elements that came or went: `replaceOnChanges` names paths, and `audience[*]` is none of `audience`.
#[tokio::test]
async fn details_of_unordered_lists_have_the_paths_of_elements() {
    let (mut host, _, _) = toys().await;
    let program = |origins: Json, rules: Json| json!({ "name": "Thing", "origins": origins, "rules": rules });
    let rule = |word: &str, until: &str| json!({ "word": word, "until": until });
    let urls = |names: &[&str]| names.iter().map(|name| json!(format!("https://{name}.example"))).collect::<Json>();
    host.up(THING, "it", &program(urls(&["a", "b", "c"]), json!([rule("x", "60m"), rule("y", "1h")]))).await.unwrap();
    let mut changes = async |program: Json| {
        let diff = host.up(THING, "it", &program).await.unwrap().diff.unwrap();
        diff.detailed_diff.iter().map(|(path, detail)| format!("{path} {:?}", detail.kind())).collect::<Vec<_>>()
    };
    // One came, one went, in another order and another spelling.
    let now = program(json!(["https://c.example/", "https://b.example", "https://d.example"]), json!([rule("y", "60m"), rule("x", "1h")]));
    assert_eq!(changes(now).await, ["origins[0] Delete", "origins[2] Add"]);
    let now = program(urls(&["e", "b", "d"]), json!([rule("y", "1h"), rule("z", "1h")]));
    assert_eq!(changes(now).await, ["origins[0] Update", "rules[0] Delete", "rules[1] Add"]);
    let now = program(urls(&["b", "d", "d"]), json!([rule("y", "1h"), rule("z", "1h")]));
    assert_eq!(changes(now).await, ["origins[0] Delete", "origins[2] Add"]);
    let now = program(json!([unknown(), "https://d.example"]), json!([rule("y", "1h"), rule("z", "1h")]));
    let diff = host.preview(THING, "it", &now).await.unwrap().0.unwrap();
    assert_eq!(diff.detailed_diff.keys().collect::<Vec<_>>(), ["origins[0]", "origins[1]"]);
    let mut changes =
        async |program: Json| host.up(THING, "it", &program).await.unwrap().diff.unwrap().detailed_diff.into_keys().collect::<Vec<_>>();
    assert_eq!(changes(program(Json::Null, json!([]))).await, ["origins", "rules[0]", "rules[1]"]);
}

#[tokio::test]
async fn a_replacement_with_the_same_key_deletes_the_old_object_first() {
    let (mut host, remote, _) = toys().await;
    let program = |id: Json, region: &str| with(&json!({ "name": "Thing", "region": region }), json!({ "thingId": id }));
    host.up(THING, "it", &program(json!("mine"), "near")).await.unwrap();
    let up = host.up(THING, "it", &program(json!("mine"), "far")).await.unwrap();
    assert!(up.done == Done::Replaced && up.diff.unwrap().delete_before_replace);
    assert_eq!(remote.ids("thing"), ["mine"]);
    let up = host.up(THING, "it", &program(json!("other"), "far")).await.unwrap();
    assert!(up.done == Done::Replaced && !up.diff.unwrap().delete_before_replace);
    host.up(LINK, "link", &json!({ "from": "a", "to": "b", "kinds": ["x", "y"] })).await.unwrap();
    assert_eq!(host.up(LINK, "link", &json!({ "from": "a", "to": "b", "kinds": ["y", "x"] })).await.unwrap().done, Done::Nothing);
    let diff = host.up(LINK, "link", &json!({ "from": "a", "to": "c", "kinds": ["y", "x"] })).await.unwrap().diff.unwrap();
    assert!(!diff.delete_before_replace, "the server finds another key");
    assert_eq!(diff.replaces, ["to"]);
    // The engine may replace what need not be: it looks then.
    host.up(THING, "fixed", &program(json!("third"), "near")).await.unwrap();
    for (name, id) in [("fixed", json!("third")), ("it", Json::Null)] {
        let stored = host.state[name].clone();
        let changed = with(&program(id.clone(), stored.outputs["region"].as_str().unwrap()), json!({ "label": "new" }));
        let diff = host.diff(name, &stored, &changed, &[]).await.unwrap();
        assert_eq!((diff.diffs, diff.delete_before_replace), (vec!["label".to_owned()], !id.is_null()));
    }
}

#[tokio::test]
async fn ignored_changes_are_ignored() {
    let (mut host, remote, _) = toys().await;
    let program = json!({ "name": "Thing", "label": "one", "method": "post" });
    host.up(THING, "it", &program).await.unwrap();
    let other = json!({ "name": "Thing", "label": "two", "size": 9 });
    let up = host.up_ignoring(THING, "it", &other, &["label", "method"]).await.unwrap();
    assert_eq!(up.diff.unwrap().diffs, ["size"]);
    drift(&remote, &host.state["it"].id.clone(), "label", &json!("three"));
    host.refresh("it").await.unwrap();
    let up = host.up_ignoring(THING, "it", &other, &["label", "method"]).await.unwrap();
    assert_eq!(up.done, Done::Nothing);
    assert_eq!(up.outputs["label"], "three");
}

#[tokio::test]
async fn failures_contain_the_objects_that_they_left() {
    let (mut host, remote, _) = toys().await;
    let program = json!({ "name": "Thing", "label": secret("x"), "password": "p" });
    remote.hook("create", Hook::Refuse);
    match host.up(THING, "it", &program).await {
        Err(Stop::Failed(Code::FailedPrecondition, message)) => assert!(message.starts_with("The toy server refused: "), "{message}"),
        other => panic!("{other:?}"),
    }
    assert!(host.state.is_empty());

    remote.hook("create", Hook::Half);
    match host.up(THING, "it", &program).await {
        Err(Stop::HalfDone(reasons)) => assert_eq!(reasons, ["A later step failed: It was told to."]),
        other => panic!("{other:?}"),
    }
    assert!(is_secret(&host.state["it"].outputs["label"]));
    let up = host.up(THING, "it", &program).await.unwrap();
    assert_eq!(up.done, Done::Updated, "the engine has it finished");

    remote.hook("update", Hook::Half);
    let changed = with(&program, json!({ "size": 8 }));
    assert!(matches!(host.up(THING, "it", &changed).await, Err(Stop::HalfDone(_))));
    assert_eq!(host.state["it"].outputs["size"], 8);
    remote.hook("read", Hook::Refuse);
    assert!(matches!(host.refresh("it").await, Err(Stop::Failed(Code::FailedPrecondition, _))));
    remote.hook("delete", Hook::Lost);
    assert!(matches!(host.destroy().await, Err(Stop::Failed(Code::FailedPrecondition, _))));
    host.destroy().await.unwrap();
}

#[tokio::test]
async fn a_panic_is_an_error_and_the_next_call_works() {
    let (mut host, remote, _) = toys().await;
    host.up(THING, "it", &json!({ "name": "Thing" })).await.unwrap();
    for verb in ["create", "update", "read", "delete"] {
        remote.hook(verb, Hook::Panic);
        let failed = match verb {
            "create" => host.up(THING, "other", &json!({ "name": "Other" })).await.map(drop),
            "update" => host.up(THING, "it", &json!({ "name": "Changed" })).await.map(drop),
            "read" => host.refresh("it").await.map(drop),
            _ => host.destroy().await,
        };
        let Err(Stop::Failed(_, message)) = failed else { panic!("{verb}: {failed:?}") };
        assert!(message.contains("bug in the provider"), "{verb}: {message}");
        assert!(!message.contains("told to panic"), "{verb}: a panic may hold values");
    }
    host.refresh("it").await.unwrap();
}

#[tokio::test]
async fn cancelling_ends_every_wait() {
    let (mut host, remote, _) = toys().await;
    remote.hook("create", Hook::Hang);
    let mut other = host.client.clone();
    let cancel = async {
        tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        other.cancel(()).await.unwrap();
        other.cancel(()).await.unwrap();
    };
    let program = json!({ "name": "Thing" });
    let (up, ()) = tokio::join!(host.up(THING, "it", &program), cancel);
    assert!(matches!(up, Err(Stop::Failed(..))), "{up:?}");
    host.configure(json!({ "endpoint": remote.name })).await.unwrap();
    host.up(THING, "it", &program).await.unwrap();
}

#[tokio::test]
async fn a_value_changed_by_the_server_is_reported() {
    let (mut host, remote, messages) = toys().await;
    remote.ignores("hint");
    host.up(THING, "it", &json!({ "name": "Thing", "hint": "try" })).await.unwrap();
    let warnings = messages.warnings();
    assert!(warnings.iter().any(|warning| warning.starts_with("The server dropped hint")), "{warnings:?}");
    let seen = host.refresh("it").await.unwrap().unwrap();
    assert_eq!(seen.diffs, ["hint"]);
}

#[tokio::test]
async fn values_of_the_server_are_outputs() {
    let (mut host, _, _) = toys().await;
    let up = host.up(THING, "it", &json!({ "name": "Thing" })).await.unwrap();
    assert_eq!(up.outputs["weight"], json!(0.25));
    assert_eq!(up.outputs["grants"], json!(["read"]));
    assert_eq!(up.outputs["line"], "classic");
    assert_eq!(up.inputs["line"], "classic", "defaults are filled in by the check");
}

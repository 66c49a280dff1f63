//! Servers that answer as no server of Ory's does: endless lists, other shapes, texts with terminal control sequences.
//! The provider says what is wrong, in both faces, and does not hang, fill the memory or panic.

use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::{object, scripted::Scripted},
    terraform::core::{Core, Stop},
};
use janiform::{
    engine::{Call, Engine, Entry, Failure, State},
    frontends::pulumi::Server,
    ory::{Client, ORY},
    schema::Resource,
    value::{MOST_VALUES, Value},
};
use serde_json::json;
use std::{sync::Arc, time::Duration};

fn entry(name: &str) -> &'static Entry<Client> {
    ORY.resources().find(|entry| entry.resource.name == name).unwrap()
}

/// A provider whose services are all at this URL.
fn engine(url: &str) -> Engine<Client> {
    let engine = Engine::new(&ORY);
    let value = |name: &str| if name.ends_with("_url") && name != "project_api_url" { Value::text(url) } else { Value::Null };
    let config = Value::Object(ORY.config.attrs().map(|attr| value(attr.name)).collect());
    assert_eq!(engine.configure(&config, &|_| None), []);
    engine
}

fn told(failure: &Failure) -> String {
    failure.diagnostics.iter().map(|one| format!("{}: {}\n", one.summary, one.detail)).collect()
}

/// Asks a data source, with these attributes set.
async fn look_up(engine: &Engine<Client>, name: &str, set: &[(&str, Value)]) -> Result<Value, Failure> {
    let (source, block) = engine.data_source(name).unwrap();
    let table = block.table;
    let value = |name: &str| set.iter().find(|(set, _)| *set == name).map(|(_, value)| value.clone()).unwrap_or_default();
    let config = Value::Object(table.attrs().map(|attr| value(attr.name)).collect());
    engine.lookup(source, &Value::Null, &config, Call::default()).await.map(|found| found.value)
}

/// What asks for lists, each with what it asks for.
const LISTS: [(&str, &[(&str, &str)]); 6] = [
    ("oauth2_clients", &[]),
    ("oauth2_client", &[("client_name", "n")]),
    ("trusted_oauth2_jwt_grant_issuer", &[("issuer", "https://issuer.example")]),
    ("identities", &[]),
    ("identity_schemas", &[]),
    ("relationships", &[("namespace", "files")]),
];

/// An answer with one object and a link to the page with this token.
fn page(path: &str, number: usize, token: &str) -> (u16, Vec<(&'static str, String)>, String) {
    // Whoever follows for ever shall end all the same.
    if number > 5000 {
        return (404, vec![], String::new());
    }
    if path.starts_with("/relation-tuples") {
        let tuple = json!({ "namespace": "files", "object": format!("o{number}"), "relation": "view", "subject_id": "ann" });
        return (200, vec![], json!({ "relation_tuples": [tuple], "next_page_token": token }).to_string());
    }
    let item = json!({
        "id": format!("i{number}"), "client_id": format!("c{number}"), "client_name": "x", "issuer": "https://other.example", "schema": {},
        "schema_id": "default", "traits": {},
    });
    (200, vec![("link", format!("<{path}?page_token={token}>; rel=\"next\""))], json!([item]).to_string())
}

#[tokio::test]
async fn lists_that_lead_in_a_circle_end_in_an_error() {
    for (name, asked) in LISTS {
        for length in [1, 3] {
            let server = Scripted::start(move |request, number| page(&request.path, number, &format!("t{}", number % length))).await;
            let asked: Vec<_> = asked.iter().map(|(name, value)| (*name, Value::text(*value))).collect();
            let failure = look_up(&engine(&server.url()), name, &asked).await.unwrap_err();
            assert!(told(&failure).contains("a page that was read already"), "{name}: {}", told(&failure));
            assert!(server.asked().len() <= length + 2, "{name}: {:?}", server.asked().len());
        }
    }
}

#[tokio::test]
async fn lists_without_an_end_end_in_an_error() {
    for (name, asked) in [LISTS[0], LISTS[1], LISTS[5]] {
        let server = Scripted::start(move |request, number| page(&request.path, number, &format!("t{number}"))).await;
        let asked: Vec<_> = asked.iter().map(|(name, value)| (*name, Value::text(*value))).collect();
        let failure = look_up(&engine(&server.url()), name, &asked).await.unwrap_err();
        assert!(told(&failure).contains("no end within"), "{name}: {}", told(&failure));
        assert!(server.asked().len() <= 2000, "{name}: {:?}", server.asked().len());
    }
}

/// No more of a list is kept than a state can hold.
#[tokio::test]
async fn lists_larger_than_any_state_end_in_an_error() {
    let many = format!("[{}]", vec![r#"{"client_id":"c"}"#; 20_000].join(","));
    let server = Scripted::start(move |request, number| {
        let (status, headers, _) = page(&request.path, if number > 60 { usize::MAX } else { number }, &format!("t{number}"));
        (status, headers, many.clone())
    })
    .await;
    let failure = look_up(&engine(&server.url()), "oauth2_clients", &[]).await.unwrap_err();
    assert!(told(&failure).contains("too large to keep"), "{}", told(&failure));
    assert!(server.asked().len() <= 60, "{:?}", server.asked().len());
}

/// A list only saves requests: where it misbehaves, each object is asked for.
#[tokio::test]
async fn invalid_shared_lists_are_not_used() {
    let resource = entry("oauth2_client").resource;
    let many = format!("[{}0]", "0,".repeat(MOST_VALUES + 1));
    for lists in ["circle", "many values"] {
        let many = many.clone();
        let server = Scripted::start(move |request, number| match request.path.strip_prefix("/admin/clients/") {
            Some(id) => (200, vec![], json!({ "client_id": id, "client_name": "n", "scope": "a" }).to_string()),
            None if lists == "circle" => page(&request.path, 0, &format!("t{}", number % 2)),
            None => (200, vec![], many.clone()),
        })
        .await;
        let engine = engine(&server.url());
        for turn in 0..60 {
            let read = engine
                .read(entry("oauth2_client"), State::to_import(resource, &format!("id{turn}")).unwrap(), Call::default())
                .await
                .unwrap();
            assert_eq!(read.state.unwrap().id, Some(format!("id{turn}")));
        }
        let asked = server.asked().iter().filter(|path| !path.contains("/admin/clients/")).count();
        assert!((1..=4).contains(&asked), "{lists}: {asked} lists");
    }
}

/// Objects to read: each where a state has it.
fn states() -> Vec<(&'static str, State)> {
    let state = |resource: &Resource, id: &str, set: &[(&str, &str)]| State {
        id: Some(id.to_owned()),
        value: object(resource, &set.iter().map(|(name, value)| (*name, Value::text(*value))).collect::<Vec<_>>()),
        private: Default::default(),
    };
    let uuid = "5d1c3c8c-9d0c-4d5c-8f1c-1f1f3f6f7f8f";
    [
        ("oauth2_client", "c", vec![("client_id", "c")]),
        ("oidc_dynamic_client", "c", vec![("client_id", "c"), ("registration_access_token", "ory_at_x")]),
        ("json_web_key_set", "s", vec![("set_id", "s"), ("public_keys", r#"{"keys":[{"kid":"k"}]}"#)]),
        ("trusted_oauth2_jwt_grant_issuer", uuid, vec![("issuer", "i"), ("grant_id", uuid)]),
        ("identity", uuid, vec![]),
        ("relationship", "files:a#view@ann", vec![]),
        ("relationships", "files", vec![("namespace", "files")]),
    ]
    .into_iter()
    .map(|(name, id, set)| (name, state(entry(name).resource, id, &set)))
    .collect()
}

/// Shapes that no object, list or error of Ory's has.
const SHAPES: [&str; 12] = [
    "[]",
    "[[]]",
    "\"x\"",
    "7",
    "null",
    "{}",
    r#"{"keys":7}"#,
    r#"{"keys":{"0":{}}}"#,
    r#"{"keys":[7,"x",[]]}"#,
    r#"{"error":[],"relation_tuples":{},"id":[],"client_id":{}}"#,
    r#"{"error":"x","relation_tuples":[7],"keys":[{"kid":[]}]}"#,
    r#"{"error":{"message":[],"reason":{},"details":7},"relation_tuples":[{"subject_set":"x"}],"next_page_token":[]}"#,
];

/// The key of a trusted issuer comes by a request of its own.
#[tokio::test]
async fn keys_of_any_shape_cause_no_panic() {
    // One of them does hold a key, if a strange one.
    for shape in SHAPES.into_iter().filter(|shape| !shape.contains(r#""keys":[{"#)) {
        let server = Scripted::start(move |asked, _| match asked.path.starts_with("/admin/keys/") {
            true => (200, vec![], shape.to_owned()),
            false => (200, vec![], json!({ "id": "g", "issuer": "i", "scope": [], "public_key": { "kid": "k", "set": "i" } }).to_string()),
        })
        .await;
        let (engine, entry) = (engine(&server.url()), entry("trusted_oauth2_jwt_grant_issuer"));
        let read = tokio::spawn(async move { engine.read(entry, State::to_import(entry.resource, "g").unwrap(), Call::default()).await });
        assert!(told(&read.await.unwrap().unwrap_err()).contains("`keys` is missing"), "{shape}");
    }
}

/// Whether each answer is understood or is an error is told by other tests; none is a panic.
#[tokio::test]
async fn answers_of_any_shape_cause_no_panic() {
    for shape in SHAPES {
        for status in [200, 201, 400, 401, 404, 409] {
            let server = Scripted::start(move |_, _| (status, vec![], shape.to_owned())).await;
            let engine = Arc::new(engine(&server.url()));
            for (name, state) in states() {
                let what = format!("{name}: {status} {shape}");
                let entry = entry(name);
                let read = tokio::spawn({
                    let (engine, state) = (engine.clone(), state.clone());
                    async move { engine.read(entry, state, Call::default()).await.map(drop) }
                });
                assert!(read.await.is_ok(), "reading panics: {what}");
                let failed = engine.delete(entry, state.clone(), Call::default()).await.err().map(|error| error.diagnostics);
                assert!(!failed.into_iter().flatten().any(|one| one.detail.contains("a bug in the provider")), "deleting panics: {what}");
            }
            for (name, asked) in LISTS.into_iter().chain([
                ("json_web_key_set", &[("set_id", "s")][..]),
                ("permission_check", &[("namespace", "n"), ("object", "o"), ("relation", "r"), ("subject_id", "s")][..]),
                ("identity_schema", &[("id", "s")][..]),
            ]) {
                let engine = engine.clone();
                let asked: Vec<_> = asked.iter().map(|(name, value)| (*name, Value::text(*value))).collect();
                let looked = tokio::spawn(async move { look_up(&engine, name, &asked).await.map(drop) });
                assert!(looked.await.is_ok(), "looking up panics: {name}: {status} {shape}");
            }
        }
    }
}

#[tokio::test]
async fn answers_of_any_shape_to_a_create_cause_no_panic() {
    for shape in SHAPES {
        for (name, config) in [
            ("oauth2_client", json!({ "client_name": "n" })),
            ("oidc_dynamic_client", json!({ "client_name": "n" })),
            ("json_web_key_set", json!({ "set_id": "s", "algorithm": "ES256" })),
            ("json_web_key_set", json!({ "set_id": "s", "jwks": r#"{"keys":[{"kid":"a","kty":"oct","k":"AA"}]}"# })),
            ("identity", json!({ "schema_id": "default", "traits": "{}" })),
            ("identity", json!({ "schema_id": "default", "traits": "{}", "external_id": "e" })),
            ("relationship", json!({ "namespace": "files", "object": "o", "relation": "r", "subject_id": "s" })),
            ("relationships", json!({ "namespace": "files", "relationships": [{ "object": "o", "relation": "r", "subject_id": "s" }] })),
        ] {
            // Looks before the create find nothing, and then comes the other shape.
            let server = Scripted::start(move |request, _| match request.method.as_str() {
                "GET" if request.path.starts_with("/relation-tuples") => {
                    (200, vec![], json!({ "relation_tuples": [], "next_page_token": "" }).to_string())
                }
                "GET" => (404, vec![], json!({ "error": { "message": "Unable to locate the resource", "code": 404 } }).to_string()),
                _ => (201, vec![], shape.to_owned()),
            })
            .await;
            let mut core = Core::direct(&ORY, super::adoption::everywhere(&server.url())).await.unwrap();
            let mut thing = core.thing(&format!("ory_{name}"));
            if let Err(stop) = core.apply(&mut thing, &config).await {
                assert!(!stop.says("a bug in the provider"), "{name}: {shape}");
                assert!(matches!(stop, Stop::Errors(_)), "{name}: {shape}: {stop:?}");
            }
        }
    }
}

/// What a terminal obeys, and what fakes a second message: escapes, bells, carriage returns, line feeds, C1 controls,
/// and marks that turn the direction of writing.
const ORDERS: &str = "oops\u{1b}[2J\u{7}\r\nError: all is well\u{9b}31m\u{202e}txt\u{2066}\u{200f}\u{85}\u{2028}x\u{0}\u{7f}";

/// Those of them that an id may hold.
const MARKS: &str = "oops\u{202e}txt\u{2066}\u{200f}\u{2028}x";

/// Nothing in a message may be one of these; a line feed only where we put it.
fn obeyed(text: &str) -> bool {
    text.contains("\nError: all is well")
        || text.chars().any(|c| {
            c != '\n' && c.is_control()
                || matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}' | '\u{2028}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
}

#[tokio::test]
async fn a_servers_text_cannot_control_the_terminal() {
    let bodies = [
        json!({ "error": ORDERS, "error_description": ORDERS }),
        json!({ "error": { "message": ORDERS, "reason": ORDERS, "request": ORDERS, "id": "feature_not_available", "details": { "feature": ORDERS } } }),
        json!({ "error": { "message": "json: unknown field", "reason": format!("Unknown namespace with name {ORDERS}") } }),
    ];
    for body in bodies {
        for status in [400, 403, 404, 500] {
            let text = body.to_string();
            let server = Scripted::start(move |_, _| (status, vec![], text.clone())).await;
            let mut core = Core::direct(&ORY, super::adoption::everywhere(&server.url())).await.unwrap();
            let face = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
            let mut host = Host::start(face).await;
            host.configure(spell(ORY.config, &super::adoption::everywhere(&server.url()))).await.unwrap();
            for (name, token, config) in [
                ("oauth2_client", "ory:index/oauth2Client:Oauth2Client", json!({ "client_name": "n" })),
                ("identity", "ory:index/identity:Identity", json!({ "schema_id": "default", "traits": "{}" })),
                (
                    "relationship",
                    "ory:index/relationship:Relationship",
                    json!({ "namespace": "files", "object": "o", "relation": "r", "subject_id": "s" }),
                ),
            ] {
                let resource = entry(name).resource;
                let mut thing = core.thing(&format!("ory_{name}"));
                match core.apply(&mut thing, &config).await {
                    Err(Stop::Errors(told)) => {
                        for one in told {
                            assert!(!obeyed(&one.summary) && !one.summary.contains('\n') && !obeyed(&one.detail), "{name}: {one:?}");
                        }
                    }
                    other => panic!("{name}: {other:?}"),
                }
                match host.up(token, "it", &spell(&resource.table, &config)).await {
                    Err(crate::pulumi::engine::Stop::Failed(_, message)) => assert!(!obeyed(&message), "{name}: {message:?}"),
                    other => panic!("{name}: {other:?}"),
                }
            }
        }
    }
}

/// The ids and names in an answer are as little to be trusted.
#[tokio::test]
async fn names_in_answers_cannot_control_the_terminal() {
    let server = Scripted::start(|request, _| match request.path.as_str() {
        "/schemas" => (200, vec![], json!([{ "id": ORDERS, "schema": {} }]).to_string()),
        path if path.starts_with("/schemas/") => {
            (404, vec![], json!({ "error": { "code": 404, "reason": "Identity schema `x` could not be found." } }).to_string())
        }
        "/admin/keys/i/k" => (200, vec![], json!({ "keys": [{ "kid": "k", "kty": "EC" }] }).to_string()),
        path if path.starts_with("/admin/trust") => {
            (200, vec![], json!([{ "id": MARKS, "issuer": "i", "public_key": { "kid": "k", "set": "i" }, "scope": [] }]).to_string())
        }
        path if path.starts_with("/admin/identities") => {
            (200, vec![], json!([{ "id": ORDERS, "traits": {} }, { "id": "b", "traits": {} }]).to_string())
        }
        _ => (404, vec![], "{}".to_owned()),
    })
    .await;
    let engine = engine(&server.url());
    let mut texts = vec![told(&look_up(&engine, "identity_schema", &[("id", "x".into())]).await.unwrap_err())];
    let resource = entry("identity").resource;
    texts.push(told(
        &engine.read(entry("identity"), State::to_import(resource, "identifier=ann").unwrap(), Call::default()).await.unwrap_err(),
    ));
    let mut core = Core::direct(&ORY, super::adoption::everywhere(&server.url())).await.unwrap();
    let mut thing = core.thing("ory_trusted_oauth2_jwt_grant_issuer");
    let grant =
        json!({ "issuer": "i", "subject": "s", "scope": [], "expires_at": "2030-01-01T00:00:00Z", "jwk": r#"{"kid":"k","kty":"EC"}"# });
    match core.apply(&mut thing, &grant).await {
        Err(Stop::Errors(told)) => texts.extend(told.into_iter().map(|one| one.detail)),
        other => panic!("{other:?}"),
    }
    for text in texts {
        assert!(text.contains("oops") && !obeyed(&text), "{text:?}");
    }
}

/// A thousand keys are compared while nobody notices: each pair of them took seconds.
#[test]
fn a_thousand_keys_are_compared_at_once() {
    let table = &entry("json_web_key_set").resource.table;
    let same = table.attr(table.index("jwks").unwrap()).equality.same;
    let key = |turn: usize| format!(r#"{{"kid":"k{turn}","kty":"RSA","n":"{}","e":"AQAB"}}"#, "x".repeat(300));
    let set = |turns: &mut dyn Iterator<Item = usize>| format!(r#"{{"keys":[{}]}}"#, turns.map(key).collect::<Vec<_>>().join(","));
    let (forth, back) = (set(&mut (0..5_000)), set(&mut (0..5_000).rev()));
    let began = std::time::Instant::now();
    assert!(same(&forth, &back));
    assert!(!same(&forth, &set(&mut (1..5_001))));
    assert!(began.elapsed() < Duration::from_secs(60), "it is quadratic");
}

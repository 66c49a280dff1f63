//! Ids as segments of URLs: which are refused, from whatever source, and which are addressed exactly.
//!
//! The behaviour of a router was observed on Go's `ServeMux` behind the middleware of Ory's servers as of 26.2, which
//! removes one slash from the end of the decoded path.

use super::{
    adoption::everywhere,
    lifecycle::{Hydra, key, provider},
    queries::Faces,
};
use crate::{
    pulumi::{engine, every::spell},
    support::{
        faults::{Fault, Proxy},
        hydra, object, replan, stored,
    },
    terraform::core::{Core, Stop},
};
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::{Call, Change, Diagnostic, Engine, Entry, Plan, Private, State},
    frontends::pulumi::names,
    ory::{Client, ORY},
    value::Value,
};
use serde_json::{Value as Json, json};

/// What no request can be about: it asks for something else, or for nothing.
const NOWHERE: [&str; 13] =
    ["", ".", "..", "/", "//", "fresh/", "a/b/", "https://idp.example/", "a\tb", "mine\n", "mine\r\n", "\u{0}x", "x\u{85}"];

/// What is addressed exactly.
const SOMEWHERE: [&str; 16] = [
    "a/b",
    "/fresh",
    "a//b",
    "a/../b",
    "../b",
    "b/..",
    "...",
    "a b",
    " a",
    "a|b/c",
    "a^b/c",
    "a[b/c",
    "a\\b",
    "a%2Fb",
    "%2e%2e",
    "https://ü.example/a?b#c;d+e",
];

fn issuer(issuer: &str, kid: &str) -> Json {
    json!({ "issuer": issuer, "subject": "ann", "scope": ["read"], "jwk": key(kid).to_string(), "expires_at": "2031-01-01T00:00:00Z" })
}

fn key_set(kid: &str) -> String {
    json!({ "keys": [key("first"), key(kid)] }).to_string()
}

/// A way to write an id into a configuration: the resource, where the id is, and the configuration with it.
type Written = (&'static str, &'static str, fn(&str) -> Json);

const WRITTEN: [Written; 8] = [
    ("oauth2_client", "client_id", |id| json!({ "client_name": "n", "client_id": id })),
    ("json_web_key_set", "set_id", |id| json!({ "set_id": id, "algorithm": "ES256" })),
    ("json_web_key_set", "key_id", |id| json!({ "set_id": "s", "key_id": id, "algorithm": "ES256" })),
    ("json_web_key_set", "jwks", |id| json!({ "set_id": "s", "jwks": key_set(id) })),
    ("json_web_key_set", "jwks_wo", |id| json!({ "set_id": "s", "jwks_wo": key_set(id) })),
    ("trusted_oauth2_jwt_grant_issuer", "issuer", |id| issuer(id, "k")),
    ("trusted_oauth2_jwt_grant_issuer", "jwk", |id| issuer("https://idp.example", id)),
    ("identity", "external_id", |id| json!({ "schema_id": "default", "traits": "{}", "external_id": id })),
];

/// Whether an id may not stand there. The issuer is followed by the key's id in a path, so that a slash at its end stays;
/// and an empty `external_id` is none.
fn refused(attr: &str, id: &str) -> bool {
    let fine = attr == "issuer" && id.ends_with('/') && id != "/" || attr == "external_id" && id.is_empty();
    NOWHERE.contains(&id) && !fine
}

fn entry(name: &str) -> &'static Entry<Client> {
    ORY.resources().find(|entry| entry.resource.name == name).unwrap()
}

#[tokio::test]
async fn unaddressable_ids_are_refused_when_planned() {
    let mut faces = Faces::to("http://127.0.0.1:1").await;
    for (name, attr, with) in WRITTEN {
        let table = &entry(name).resource.table;
        for id in NOWHERE.iter().chain(&SOMEWHERE) {
            let config = with(id);
            let validated = faces.core.validate(&format!("ory_{name}"), &config).await;
            let checked = faces.host.check(&names::resource_token("ory", name), "it", &json!({}), &spell(table, &config)).await;
            if !refused(attr, id) {
                assert!(validated.is_ok() && checked.is_ok(), "{attr} {id:?}: {validated:?} {checked:?}");
                continue;
            }
            let Err(Stop::Errors(told)) = validated else { panic!("{name} takes {attr} {id:?}: {validated:?}") };
            assert!(told.iter().any(|one| format!("{:?}", one.attribute).contains(attr)), "{told:?}");
            let Err(engine::Stop::Refused(failures)) = checked else { panic!("{name} takes {attr} {id:?}: {checked:?}") };
            // Of what may be a secret, the reason names the property.
            let is_named = |(property, reason): &(String, String)| {
                if property.is_empty() { reason } else { property }.starts_with(&names::camel(attr))
            };
            assert!(failures.iter().any(is_named), "{failures:?}");
        }
    }
}

/// Also of a resource that is not listed here.
#[test]
fn every_configurable_key_is_checked() {
    for entry in ORY.resources() {
        let Some(index) = entry.resource.table.index(entry.resource.key) else { continue };
        let attr = entry.resource.table.attr(index);
        let refused = attr.checks.iter().flatten().any(|check| check.run(&Value::text("..")).is_some_and(|(refused, _)| refused));
        assert!(refused, "{}: `{}` lacks `.check(refuse(address::id))`", entry.resource.name, attr.name);
    }
}

#[tokio::test]
async fn unaddressable_ids_are_not_looked_up() {
    let proxy = Proxy::to("127.0.0.1:1").await;
    let mut core = Core::direct(&ORY, everywhere(&proxy.url())).await.unwrap();
    for (name, attr) in [
        ("oauth2_client", "client_id"),
        ("oauth2_client", "id"),
        ("oidc_dynamic_client", "client_id"),
        ("json_web_key_set", "set_id"),
        ("json_web_key_set", "id"),
        ("trusted_oauth2_jwt_grant_issuer", "grant_id"),
        ("trusted_oauth2_jwt_grant_issuer", "issuer"),
        ("identity", "id"),
        ("identity", "external_id"),
    ] {
        for id in NOWHERE.iter().filter(|id| refused(attr, id)) {
            let found = core.data(&format!("ory_{name}"), &json!({ attr: id })).await;
            assert!(matches!(&found, Err(Stop::Errors(_))), "{name} {attr} {id:?}: {found:?}");
        }
    }
    let nothing = core.data("ory_identity", &json!({ "external_id": "" })).await;
    assert!(matches!(&nothing, Err(stop) if stop.says("Nothing to look for")), "{nothing:?}");
    assert_eq!(core.data("ory_identity_schema", &json!({ "id": "" })).await.map(drop).map_err(|stop| stop.says("empty")), Err(true));
    assert_eq!(proxy.asked(), []);
}

#[tokio::test]
async fn unaddressable_ids_are_not_imported() {
    let proxy = Proxy::to("127.0.0.1:1").await;
    let mut faces = Faces::to(&proxy.url()).await;
    for name in ["oauth2_client", "oidc_dynamic_client", "json_web_key_set", "trusted_oauth2_jwt_grant_issuer", "identity"] {
        for id in NOWHERE.iter().filter(|id| !id.is_empty()) {
            let imported = faces.core.import(&format!("ory_{name}"), id).await;
            assert!(matches!(&imported, Err(Stop::Errors(_))), "{name} {id:?}: {imported:?}");
            let imported = faces.host.import(&names::resource_token("ory", name), "it", id).await;
            assert!(matches!(&imported, Err(engine::Stop::Failed(..))), "{name} {id:?}: {imported:?}");
        }
    }
    for (name, id) in [
        ("json_web_key_set", "9f425a8d-7efc-4768-8f23-7647a74fdf13/.."),
        ("json_web_key_set", "9f425a8d-7efc-4768-8f23-7647a74fdf13/fresh/"),
        ("identity", "external_id=.."),
        ("identity", "external_id=ann/"),
    ] {
        faces.core.import(&format!("ory_{name}"), id).await.unwrap_err();
    }
    assert_eq!(proxy.asked(), []);
}

fn said(diagnostics: &[Diagnostic]) -> String {
    diagnostics.iter().map(|one| format!("{}: {}\n", one.summary, one.detail)).collect()
}

#[tokio::test]
async fn an_unaddressable_id_in_a_state_is_an_error_in_both_faces() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let mut faces = Faces::to(&emulator.url()).await;
    let (table, config) = (&entry("oauth2_client").resource.table, json!({ "client_id": "mine", "client_name": "n" }));
    let mut thing = faces.core.thing("ory_oauth2_client");
    faces.core.apply(&mut thing, &config).await.unwrap();
    let stored = thing.state.as_mut().unwrap();
    stored.json = stored.json.replace("\"mine\"", "\"mine\\n\"");
    stored.identity = None;
    for told in [faces.core.refresh(&mut thing).await.map(drop), faces.core.destroy(&mut thing).await] {
        assert!(matches!(&told, Err(stop) if stop.says("terraform state rm")), "{told:?}");
    }
    faces.core.data("ory_oauth2_client", &json!({ "client_id": "mine" })).await.unwrap();

    let config = json!({ "client_id": "yours", "client_name": "n" });
    faces.host.up(&names::resource_token("ory", "oauth2_client"), "it", &spell(table, &config)).await.unwrap();
    faces.host.state.get_mut("it").unwrap().id = "yours\n".into();
    for told in [faces.host.refresh("it").await.map(drop), faces.host.destroy().await] {
        assert!(matches!(&told, Err(engine::Stop::Failed(_, why)) if why.contains("pulumi state delete")), "{told:?}");
    }
    faces.core.data("ory_oauth2_client", &json!({ "client_id": "yours" })).await.unwrap();
}

/// Whatever a state says, of which nobody knows who wrote it, nothing is asked that is not what it names, and nothing
/// silently dropped.
#[tokio::test]
async fn an_unaddressable_id_in_a_state_is_an_error_that_names_the_remedy() {
    let proxy = Proxy::to("127.0.0.1:1").await;
    let engine = Engine::new(&ORY);
    let config = stored::from_json(ORY.config, &everywhere(&proxy.url())).unwrap();
    assert_eq!(engine.configure(&config, &|_| None), []);
    for (name, key) in [
        ("oauth2_client", Some("client_id")),
        ("oidc_dynamic_client", Some("client_id")),
        ("json_web_key_set", Some("set_id")),
        ("trusted_oauth2_jwt_grant_issuer", Some("grant_id")),
        ("identity", None),
    ] {
        for id in NOWHERE {
            let (entry, resource) = (entry(name), entry(name).resource);
            let mut set: Vec<_> = key.iter().map(|key| (*key, Value::text(id))).collect();
            if name == "oidc_dynamic_client" {
                set.push(("registration_access_token", "token".into()));
            }
            let value = object(resource, &set);
            let state =
                State { id: Some(id.into()), value: value.clone(), private: Private { write_only: Some(vec![]), ..Private::default() } };
            let plan = Plan {
                id: state.id.clone(),
                planned: value.clone(),
                changes: vec![],
                replace: vec![],
                private: Private::default(),
                diagnostics: vec![],
            };
            let change = Change { prior: state.clone(), plan, config: value, last_config: None };
            let failures: [Vec<_>; 3] = [
                engine.read(entry, state.clone(), Call::default()).await.map(drop).unwrap_err().diagnostics,
                engine.update(entry, change, Call::default()).await.map(drop).unwrap_err().diagnostics,
                engine.delete(entry, state, Call::default()).await.map(drop).unwrap_err().diagnostics,
            ];
            for failure in failures {
                let said = said(&failure);
                assert!(said.contains("terraform state rm") && said.contains("pulumi state delete"), "{name} {id:?}: {said}");
            }
        }
    }
    assert_eq!(proxy.asked(), []);
}

/// Makes, reads and destroys everything that has such an id.
async fn lives(admin: &str, public: &str, ids: impl Iterator<Item = String>) {
    let mut core = Core::direct(&ORY, provider(admin, public)).await.unwrap();
    for id in ids {
        for (name, attr, with) in WRITTEN {
            if name == "identity" || attr == "jwks_wo" || refused(attr, &id) {
                continue;
            }
            let (mut thing, config) = (core.thing(&format!("ory_{name}")), with(&id));
            core.apply(&mut thing, &config).await.unwrap_or_else(|stop| panic!("{attr} {id:?}: {stop:?}"));
            core.settled(&thing, &config).await.unwrap_or_else(|stop| panic!("{attr} {id:?}: {stop:?}"));
            core.destroy(&mut thing).await.unwrap_or_else(|stop| panic!("{attr} {id:?}: {stop:?}"));
            assert!(thing.state.is_none());
        }
    }
}

#[tokio::test]
async fn addressable_ids_go_through_a_lifecycle() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    // Of the others, some can still be followed by something.
    lives(&emulator.url(), &emulator.url(), SOMEWHERE.into_iter().chain(NOWHERE).map(str::to_owned)).await;
}

#[tokio::test]
async fn addressable_ids_go_through_a_lifecycle_on_a_real_hydra() {
    if let Some(real) = hydra().await {
        // This release has no route for ids with a slash. Other tests may have left some of the others.
        let ids = SOMEWHERE.into_iter().filter(|id| !id.contains('/')).map(|id| format!("{id}~"));
        lives(&real.admin, &real.public, ids).await;
    }
}

/// Characters that Go does not expect to see unencoded in a path make it read the whole path another way, in which an
/// encoded slash divides like any other.
#[tokio::test]
async fn segments_are_encoded_as_routers_expect() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let proxy = Proxy::to(&emulator.url()).await;
    let mut core = Core::direct(&ORY, everywhere(&proxy.url())).await.unwrap();
    for (id, path) in [
        ("a|b/c", "/admin/clients/a%7Cb%2Fc"),
        ("a^b/c", "/admin/clients/a%5Eb%2Fc"),
        ("a[b]c", "/admin/clients/a%5Bb%5Dc"),
        ("a\\b", "/admin/clients/a%5Cb"),
        ("%2e%2e", "/admin/clients/%252e%252e"),
        ("ü b", "/admin/clients/%C3%BC%20b"),
        ("https://idp.example/a?b", "/admin/clients/https:%2F%2Fidp.example%2Fa%3Fb"),
        ("!$&'()*+,;=:@-._~", "/admin/clients/!$&'()*+,;=:@-._~"),
    ] {
        let stop = core.data("ory_oauth2_client", &json!({ "client_id": id })).await.unwrap_err();
        assert!(stop.says("No oauth2_client found"), "{stop:?}");
        // After a few, a list may have been asked too.
        let asked = proxy.asked();
        assert!(asked.contains(&(format!("GET {path}"), String::new())), "{asked:?}");
    }
}

struct Sets {
    core: Core,
    hydra: Hydra,
    proxy: Proxy,
    emulator: Running,
}

impl Sets {
    async fn new() -> Sets {
        let emulator = emulator::start(Options::default()).await.unwrap();
        let proxy = Proxy::to(&emulator.url()).await;
        let core = Core::direct(&ORY, provider(&proxy.url(), &proxy.url())).await.unwrap();
        Sets { core, hydra: Hydra::at(&emulator.url()), proxy, emulator }
    }

    /// A set with keys of these ids, past the provider. Real servers take a key without an id too.
    async fn put(&self, kids: &[&str]) {
        let keys: Vec<_> = kids.iter().map(|kid| key(kid)).collect();
        assert_eq!(self.hydra.ask("PUT", "keys/shared", Some(&json!({ "keys": keys }))).await.0, 200);
    }

    async fn kids(&self) -> Vec<String> {
        let keys = self.hydra.ask("GET", "keys/shared", None).await.1;
        let kids = keys["keys"].as_array().into_iter().flatten().map(|key| key["kid"].as_str().unwrap_or_default().to_owned());
        let mut kids: Vec<_> = kids.collect();
        kids.sort();
        kids
    }
}

const KEY_SET: &str = "ory_json_web_key_set";

#[tokio::test]
async fn unaddressable_keys_are_never_managed() {
    let mut sets = Sets::new().await;
    sets.put(&["..", "", "ours", "x/"]).await;
    let mut imported = sets.core.import(KEY_SET, "shared").await.unwrap();
    let warned = std::mem::take(&mut sets.core.warnings);
    assert!(warned.iter().any(|one| one.detail.contains("`..`") && one.detail.contains("`x/`")), "{warned:?}");
    let keys = imported.state.as_ref().unwrap().value.get("public_keys").text().unwrap().to_owned();
    assert!(keys.contains("\"ours\"") && !keys.contains("\"..\"") && !keys.contains("\"x/\""), "{keys}");
    sets.core.refresh(&mut imported).await.unwrap();
    sets.core.destroy(&mut imported).await.unwrap();
    assert_eq!(sets.kids().await, ["", "..", "x/"], "what is not ours stays");

    // Of such keys alone there is nothing to manage.
    let stop = sets.core.import(KEY_SET, "shared").await.unwrap_err();
    assert!(stop.says("`..`"), "{stop:?}");
    // Who only looks is shown what is public.
    let found = sets.core.data(KEY_SET, &json!({ "set_id": "shared" })).await.unwrap();
    assert!(found.get("public_keys").text().unwrap().contains("\"..\""));
}

/// As an earlier version left it.
#[tokio::test]
async fn a_state_with_an_unaddressable_key_deletes_no_set() {
    let sets = Sets::new().await;
    sets.put(&["..", "ours"]).await;
    let engine = Engine::new(&ORY);
    let config = stored::from_json(ORY.config, &provider(&sets.proxy.url(), &sets.proxy.url())).unwrap();
    assert_eq!(engine.configure(&config, &|_| None), []);
    let entry = entry("json_web_key_set");
    for kid in ["..", "", "x/"] {
        let public = json!({ "keys": [key("ours"), key(kid)] }).to_string();
        let value = object(entry.resource, &[("set_id", "shared".into()), ("public_keys", Value::String(public))]);
        let state = State { id: Some("shared".into()), value, private: Private { write_only: Some(vec![]), ..Private::default() } };
        let plan = replan(entry.resource, &state, &object(entry.resource, &[("set_id", "shared".into()), ("algorithm", "ES256".into())]));
        let change = Change {
            prior: state.clone(),
            plan,
            config: object(entry.resource, &[("set_id", "shared".into()), ("algorithm", "ES256".into())]),
            last_config: None,
        };
        for failure in [
            engine.read(entry, state.clone(), Call::default()).await.map(drop).unwrap_err().diagnostics,
            engine.update(entry, change, Call::default()).await.map(drop).unwrap_err().diagnostics,
            engine.delete(entry, state, Call::default()).await.map(drop).unwrap_err().diagnostics,
        ] {
            let said = said(&failure);
            assert!(said.contains("terraform state rm") && said.contains("pulumi state delete"), "{kid:?}: {said}");
        }
    }
    assert!(sets.proxy.asked().iter().all(|(line, _)| line.starts_with("GET ")));
    assert_eq!(sets.kids().await, ["..", "ours"]);
}

/// To this release, an encoded slash divides: it answers with a key of another set.
#[tokio::test]
async fn a_set_that_the_server_cannot_route_is_not_another_one() {
    let emulator = emulator::start(Options { profile: Profile::V2_3, ..Options::default() }).await.unwrap();
    let mut core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
    let body = json!({ "keys": [key("b")] });
    assert_eq!(Hydra::at(&emulator.url()).ask("PUT", "keys/a", Some(&body)).await.0, 200);
    for outcome in [
        core.data(KEY_SET, &json!({ "set_id": "a/b" })).await.map(drop),
        core.import(KEY_SET, "a/b").await.map(drop),
        core.apply(&mut core.thing(KEY_SET), &json!({ "set_id": "a/b", "algorithm": "ES256" })).await.map(drop),
        core.apply(&mut core.thing(KEY_SET), &json!({ "set_id": "a/c", "algorithm": "ES256" })).await.map(drop),
    ] {
        assert!(matches!(&outcome, Err(stop) if stop.says("holds a slash")), "{outcome:?}");
    }
    assert_eq!(Hydra::at(&emulator.url()).ask("GET", "keys/a", None).await.1["keys"].as_array().unwrap().len(), 1);
}

/// What others made under such ids is left out of lists, and of what names lead to.
#[tokio::test]
async fn lists_leave_out_unaddressable_ids_with_a_warning() {
    let sets = Sets::new().await;
    for id in ["fresh/", "..", "fine", "also/fine"] {
        assert_eq!(sets.hydra.ask("POST", "clients", Some(&json!({ "client_id": id, "client_name": "n" }))).await.0, 201);
    }
    let mut faces = Faces::to(&sets.emulator.url()).await;
    let found = faces.ask("oauth2_clients", &json!({})).await;
    let ids: Vec<_> = found["clients"].as_array().unwrap().iter().map(|client| client["client_id"].as_str().unwrap()).collect();
    assert_eq!(ids, ["also/fine", "fine"]);
    let warned = std::mem::take(&mut faces.core.warnings);
    assert!(warned.iter().any(|one| one.detail.contains("`..`") && one.detail.contains("`fresh/`")), "{warned:?}");

    for id in ["fine", "also%2Ffine"] {
        assert_eq!(sets.hydra.ask("DELETE", &format!("clients/{id}"), None).await.0, 204);
    }
    let stop = faces.core.data("ory_oauth2_client", &json!({ "client_name": "n" })).await.unwrap_err();
    assert!(stop.says("No oauth2_client found") && stop.says("`fresh/`"), "{stop:?}");
}

/// What a server chose is no better than what somebody wrote.
#[tokio::test]
async fn an_unaddressable_id_chosen_by_the_server_is_an_error() {
    let emulator = emulator::start(Options { dynamic_registration: true, ..Options::default() }).await.unwrap();
    let proxy = Proxy::to(&emulator.url()).await;
    let mut core = Core::direct(&ORY, everywhere(&proxy.url())).await.unwrap();
    for (name, config, request, answer) in [
        ("oidc_dynamic_client", json!({ "client_name": "n" }), "POST /oauth2/register", r#"{"client_id":"..","client_name":"n"}"#),
        (
            "identity",
            json!({ "schema_id": "default", "traits": "{}" }),
            "POST /admin/identities",
            r#"{"id":"..","schema_id":"default","schema_url":"","traits":{}}"#,
        ),
        (
            "trusted_oauth2_jwt_grant_issuer",
            issuer("i", "k"),
            "POST /admin/trust",
            r#"{"id":"..","issuer":"i","subject":"ann","scope":["read"],"public_key":{"set":"i","kid":"k"},"created_at":"2026-01-01T00:00:00Z","expires_at":"2031-01-01T00:00:00Z"}"#,
        ),
    ] {
        proxy.then(request, Fault::Answer(201, "application/json", answer));
        let mut thing = core.thing(&format!("ory_{name}"));
        let stop = core.apply(&mut thing, &config).await.unwrap_err();
        assert!(stop.says("`..`") && thing.state.is_none(), "{name}: {stop:?}");
    }
    assert_eq!(proxy.unused(), 0);
}

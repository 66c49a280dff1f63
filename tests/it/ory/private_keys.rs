//! A private key enters a state only if it belongs there: the state has shown it before, or the
//! configuration asks for it. An import does not add it, nor a run whose tool has lost the provider's private data.

use super::lifecycle::{Hydra, key, provider};
use crate::{
    pulumi::{
        Recorder,
        engine::{Host, Stored},
        every::spell,
        wire::secret,
    },
    terraform::core::{Action, Core, Thing},
};
use janiform::{
    emulator::{self, Options, Running},
    engine::Engine,
    frontends::pulumi::Server,
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const TYPE: &str = "ory_json_web_key_set";
const CLIENT: &str = "ory_oauth2_client";
const TOKEN: &str = "ory:index/jsonWebKeySet:JsonWebKeySet";

/// The private part of [`ours`], and a secret that is both.
const D: &str = "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE";
const K: &str = "Y2FuYXJ5LWNhbmFyeS1jYW5hcnktY2FuYXJ5LTU1MjE";

/// A key of one's own, private part and all.
fn ours(kid: &str) -> Json {
    let mut key = key(kid);
    key["d"] = D.into();
    key
}

/// One that has no public part.
fn symmetric(kid: &str, k: &str) -> Json {
    json!({ "kty": "oct", "kid": kid, "use": "sig", "alg": "HS256", "k": k })
}

fn set(keys: &[Json]) -> String {
    json!({ "keys": keys }).to_string()
}

struct Setup {
    emulator: Running,
    hydra: Hydra,
    core: Core,
}

impl Setup {
    async fn new() -> Setup {
        let emulator = emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap();
        let core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
        Setup { hydra: Hydra::at(&emulator.url()), core, emulator }
    }

    /// Puts these keys where somebody else might have put them.
    async fn put(&self, keys: &[Json]) {
        assert_eq!(self.hydra.ask("PUT", "keys/s", Some(&json!({ "keys": keys }))).await.0, 200);
    }

    /// What was asked that is no question.
    fn writes(&self) -> Vec<String> {
        let requests = self.emulator.requests();
        requests.iter().filter(|(method, ..)| method != "GET").map(|(method, path, _)| format!("{method} {path}")).collect()
    }

    async fn action(&mut self, thing: &Thing, config: &Json) -> Action {
        self.core.plan(thing, config).await.unwrap().action
    }

    /// Applies a change of the state that is none of the server.
    async fn only_the_state_changes(&mut self, thing: &mut Thing, config: &Json) {
        let before = self.writes();
        assert_eq!(self.core.apply(thing, config).await.unwrap(), Action::Update);
        assert_eq!(self.writes(), before);
        self.core.settled(thing, config).await.unwrap();
    }
}

/// All that a state file has of it.
fn kept(thing: &Thing) -> String {
    let state = thing.state.as_ref().unwrap();
    format!("{} {} {:?}", state.json, String::from_utf8_lossy(&state.private), state.identity)
}

fn is_shut(thing: &Thing) {
    let kept = kept(thing);
    assert!(!kept.contains(D) && !kept.contains(K), "{kept}");
}

fn own(jwks: &str) -> Json {
    json!({ "set_id": "s", "jwks": jwks })
}

fn write_only(jwks: &str) -> Json {
    json!({ "set_id": "s", "jwks_wo": jwks })
}

/// What is left of what the provider remembers: nothing, something of another provider, or the word of an import.
const LOST: [&[u8]; 4] = [b"", b"{}", br#"{"schema_version":"1"}"#, br#"{"write_only":[]}"#];

#[tokio::test]
async fn private_data_may_be_lost() {
    for keys in [[ours("a")].as_slice(), &[symmetric("a", K)], &[ours("a"), ours("b")]] {
        let mut setup = Setup::new().await;
        let config = write_only(&set(keys));
        let mut thing = setup.core.thing(TYPE);
        setup.core.apply(&mut thing, &config).await.unwrap();
        for lost in LOST {
            thing.state.as_mut().unwrap().private = lost.to_vec();
            for _ in 0..2 {
                setup.core.refresh(&mut thing).await.unwrap();
                is_shut(&thing);
            }
        }
        // The next apply brings back what is remembered, and sends nothing that is there.
        setup.only_the_state_changes(&mut thing, &config).await;
        is_shut(&thing);
        // What a state shows, it goes on showing.
        setup.core.apply(&mut thing, &own(&set(keys))).await.unwrap();
        let shown = kept(&thing);
        assert!(shown.contains(D) || shown.contains(K));
        for lost in LOST {
            thing.state.as_mut().unwrap().private = lost.to_vec();
            setup.core.refresh(&mut thing).await.unwrap();
            assert!(kept(&thing).contains(D) || kept(&thing).contains(K));
            setup.core.settled(&thing, &own(&set(keys))).await.unwrap();
        }
    }
}

#[tokio::test]
async fn an_import_shows_no_private_key_whatever_is_configured_then() {
    for keys in [[ours("a")].as_slice(), &[symmetric("a", K)], &[ours("a"), symmetric("b", K)]] {
        let mut setup = Setup::new().await;
        setup.put(keys).await;
        let mut imported = setup.core.import(TYPE, "s").await.unwrap();
        for _ in 0..2 {
            is_shut(&imported);
            setup.core.refresh(&mut imported).await.unwrap();
        }
        assert!(kept(&imported).contains("\\\"kid\\\":\\\"a\\\""), "{}", kept(&imported));
        // Keys of one's own that are there already are no change, and others are one.
        let config = own(&set(keys));
        assert_eq!(setup.action(&imported, &config).await, Action::NoOp);
        setup.core.settled(&imported, &config).await.unwrap();
        let mut others = keys.to_vec();
        others[0] = symmetric("a", "YW5vdGhlci1hbm90aGVyLWFub3RoZXItYW5vdGhlci0");
        assert_eq!(setup.action(&imported, &own(&set(&others))).await, Action::Update);
        // Write-only ones take over without a write.
        let mut hidden = imported.clone();
        setup.only_the_state_changes(&mut hidden, &write_only(&set(keys))).await;
        is_shut(&hidden);
        // What is asked for by a change is in the state.
        assert_eq!(setup.core.apply(&mut imported, &own(&set(&others))).await.unwrap(), Action::Update);
        assert!(kept(&imported).contains("YW5vdGhlci1hbm90aGVyLWFub3RoZXItYW5vdGhlci0"));
        setup.core.settled(&imported, &own(&set(&others))).await.unwrap();
    }
}

#[tokio::test]
async fn a_key_that_the_server_made_is_shown_again_when_it_changes() {
    let mut setup = Setup::new().await;
    let made = |kid: &str| json!({ "set_id": "s", "key_id": kid, "algorithm": "ES256", "use": "sig" });
    let mut thing = setup.core.thing(TYPE);
    setup.core.apply(&mut thing, &made("k1")).await.unwrap();
    let private = setup.hydra.ask("GET", "keys/s/k1", None).await.1["keys"][0]["d"].as_str().unwrap().to_owned();
    assert!(kept(&thing).contains(&private), "or else this test shows nothing");
    let mut imported = setup.core.import(TYPE, "s").await.unwrap();
    assert!(!kept(&imported).contains(&private));
    for config in [made("k1"), json!({ "set_id": "s", "algorithm": "ES256" })] {
        assert_eq!(setup.action(&imported, &config).await, Action::NoOp);
        setup.core.settled(&imported, &config).await.unwrap();
    }
    setup.core.apply(&mut imported, &made("k2")).await.unwrap();
    let keys = setup.hydra.ask("GET", "keys/s", None).await.1["keys"].clone();
    assert_eq!((keys.as_array().unwrap().len(), &keys[0]["kid"]), (1, &json!("k2")));
    assert!(kept(&imported).contains(keys[0]["d"].as_str().unwrap()));
    setup.core.settled(&imported, &made("k2")).await.unwrap();
}

#[tokio::test]
async fn drift_after_an_import_shows_no_private_key() {
    let mut setup = Setup::new().await;
    setup.put(&[symmetric("a", "YW5vdGhlci1hbm90aGVyLWFub3RoZXItYW5vdGhlci0")]).await;
    let mut imported = setup.core.import(TYPE, "s").await.unwrap();
    setup.put(&[symmetric("a", K)]).await;
    setup.core.refresh(&mut imported).await.unwrap();
    is_shut(&imported);
    assert_eq!(setup.action(&imported, &own(&set(&[symmetric("a", K)]))).await, Action::NoOp);
    let before = own(&set(&[symmetric("a", "YW5vdGhlci1hbm90aGVyLWFub3RoZXItYW5vdGhlci0")]));
    assert_eq!(setup.action(&imported, &before).await, Action::Update);
}

/// An import may have written them into a program.
#[tokio::test]
async fn fingerprints_are_never_sent() {
    let mut setup = Setup::new().await;
    setup.put(&[ours("a"), ours("b")]).await;
    let mut imported = setup.core.import(TYPE, "s").await.unwrap();
    let jwks = imported.state.as_ref().unwrap().value.get("jwks").text().unwrap().to_owned();
    let config = own(&jwks);
    setup.core.settled(&imported, &config).await.unwrap();
    assert_eq!(setup.hydra.ask("DELETE", "keys/s/b", None).await.0, 204);
    let before = setup.writes();
    let stop = setup.core.apply(&mut imported, &config).await.unwrap_err();
    assert!(stop.says("`b`") && stop.says("fingerprint"), "{stop:?}");
    assert_eq!(setup.writes(), before);
    setup.hydra.ask("DELETE", "keys/s", None).await;
    let before = setup.writes();
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &config).await.unwrap_err();
    assert!(stop.says("fingerprint"), "{stop:?}");
    assert_eq!(setup.writes(), before);
}

/// Hydra takes private keys for those of a client, and tells them to everybody who asks.
#[tokio::test]
async fn a_client_whose_keys_are_private_is_imported_without_them() {
    let mut setup = Setup::new().await;
    let client = |name: &str, keys: &[Json]| {
        let mut client = json!({ "client_id": "c", "client_name": "C", "grant_types": ["client_credentials"] });
        client["token_endpoint_auth_method"] = "private_key_jwt".into();
        client[name] = set(keys).into();
        client
    };
    let config = client("jwks", &[ours("a")]);
    let mut thing = setup.core.thing(CLIENT);
    setup.core.apply(&mut thing, &config).await.unwrap();
    assert!(kept(&thing).contains(D), "what is asked for is there");
    let seen = setup.core.data(CLIENT, &json!({ "client_id": "c" })).await.unwrap().to_json().to_string();
    assert!(seen.contains("sha256:") && !seen.contains(D), "{seen}");
    let mut imported = setup.core.import(CLIENT, "c").await.unwrap();
    is_shut(&imported);
    assert_eq!(setup.action(&imported, &config).await, Action::NoOp);
    setup.core.settled(&imported, &config).await.unwrap();
    setup.core.apply(&mut imported, &client("jwks_wo", &[ours("a")])).await.unwrap();
    is_shut(&imported);
    for lost in LOST {
        imported.state.as_mut().unwrap().private = lost.to_vec();
        setup.core.refresh(&mut imported).await.unwrap();
        is_shut(&imported);
    }
    // Public ones are shown as they are.
    let config = client("jwks", &[key("a")]);
    setup.core.apply(&mut thing, &config).await.unwrap();
    let imported = setup.core.import(CLIENT, "c").await.unwrap();
    assert!(!kept(&imported).contains("sha256:"));
    setup.core.settled(&imported, &config).await.unwrap();
}

async fn host(url: &str) -> Host {
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &provider(url, url))).await.unwrap();
    host
}

/// All of a stack's file but the program's own inputs.
fn outputs(stored: &Stored) -> String {
    stored.outputs.to_string()
}

#[tokio::test]
async fn pulumi_has_private_keys_only_as_encrypted_inputs() {
    let setup = Setup::new().await;
    let mut host = host(&setup.emulator.url()).await;
    let program = json!({ "setId": "s", "jwksWo": secret(json!(set(&[ours("a"), symmetric("b", K)]))) });
    host.up(TOKEN, "it", &program).await.unwrap();
    // As a state has it that another tool wrote, or somebody by hand: the inputs are gone.
    for inputs in [program.clone(), json!({ "setId": "s" }), json!({})] {
        host.state.get_mut("it").unwrap().inputs = inputs;
        host.refresh("it").await.unwrap();
        let stored = &host.state["it"];
        assert!(!outputs(stored).contains(D) && !outputs(stored).contains(K), "{}", stored.outputs);
    }
    // An import knows of no program.
    let stored = host.import(TOKEN, "imported", "s").await.unwrap().unwrap();
    for written in [outputs(&stored), stored.inputs.to_string()] {
        assert!(!written.contains(D) && !written.contains(K), "{written}");
    }
    let got = host.get(TOKEN, "got", "s", &json!({})).await.unwrap().unwrap().to_string();
    assert!(!got.contains(D) && !got.contains(K), "{got}");
    // Programs with the keys, in either way: what the resource option `import` asks of them is that nothing differs.
    let imported = host.state["imported"].clone();
    let diff = host.diff("imported", &imported, &json!({ "setId": "s", "jwks": set(&[ours("a"), symmetric("b", K)]) }), &[]).await.unwrap();
    assert_eq!(diff.changes(), janiform_proto::pulumirpc::diff_response::DiffChanges::DiffNone, "{:?}", diff.diffs);
    let before = setup.writes();
    host.up(TOKEN, "imported", &program).await.unwrap();
    assert_eq!(setup.writes(), before);
    let stored = &host.state["imported"];
    assert!(!outputs(stored).contains(D) && !outputs(stored).contains(K), "{}", stored.outputs);
}

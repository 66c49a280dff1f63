//! Spellings of one key: a spelling that a real Hydra was seen to print is no change, at every place for keys. The keys are
//! those of RFC 7517, A and RFC 8037, A.

use super::lifecycle::{Hydra, key, provider};
use crate::{
    pulumi::{
        Recorder,
        engine::{Done, Host},
    },
    support,
    terraform::core::{Action, Core},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use janiform::{
    emulator::{self, Options, Profile},
    engine::Engine,
    frontends::pulumi::{Server, names},
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const N: &str = "0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw";
const D: &str = "X4cTteJY_gn4FYPsXB8rdXix5vwsg1FLN5E3EaG6RJoVH-HLLKD9M7dx5oo7GURknchnrRweUkC7hT5fJLM0WbFAKNLWY2vv7B6NqXSzUvxT0_YSfqijwp3RTzlBaCxWp4doFk5N2o8Gy_nHNKroADIkJ46pRUohsXywbReAdYaMwFs9tv8d_cPVY3i07a3t8MN6TNwm0dSawm9v47UiCl3Sk5ZiG7xojPLu4sbg1U2jx4IBTNBznbJSzFHK66jT8bgkuqsk0GjskDJk19Z4qwjwbsnn4j2WBii3RL-Us2lGVkY8fkFzme1z0HbIkfz0Y6mqnOYtqc0X4jfcKoAC8Q";
const P: &str = "83i-7IvMGXoMXCskv73TKr8637FiO7Z27zv8oj6pbWUQyLPQBQxtPVnwD20R-60eTDmD2ujnMt5PoqMrm8RfmNhVWDtjjMmCMjOpSXicFHj7XOuVIYQyqVWlWEh6dN36GVZYk93N8Bc9vY41xy8B9RzzOGVQzXvNEvn7O0nVbfs";
const Q: &str = "3dfOR9cuYq-0S-mkFLzgItgMEfFzB2q3hWehMuG0oCuqnb3vobLyumqjVZQO1dIrdwgTnCdpYzBcOfW5r370AFXjiWft_NGEiovonizhKpo9VVS78TzFgxkIdrecRezsZ-1kYd_s1qDbxtkDEgfAITAG9LUnADun4vIcb6yelxk";

fn rsa() -> Json {
    json!({ "kty": "RSA", "kid": "k", "alg": "RS256", "use": "sig", "n": N, "e": "AQAB" })
}

fn private_rsa() -> Json {
    with(rsa(), json!({ "d": D, "p": P, "q": Q }))
}

fn edwards() -> Json {
    json!({ "kty": "OKP", "kid": "k", "alg": "EdDSA", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" })
}

fn private_edwards() -> Json {
    with(edwards(), json!({ "d": "nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A" }))
}

fn elliptic() -> Json {
    key("k")
}

fn private_elliptic() -> Json {
    with(elliptic(), json!({ "d": "870MB6gfuTJ4HtUnUvYMyJpr5eUZNP4Bk43bVdj3eAE" }))
}

fn symmetric() -> Json {
    json!({ "kty": "oct", "kid": "k", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" })
}

fn with(mut key: Json, more: Json) -> Json {
    key.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    key
}

fn bytes(text: &str) -> Vec<u8> {
    BASE64_URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// The number with a zero byte in front.
fn longer(text: &str) -> String {
    BASE64_URL_SAFE_NO_PAD.encode([vec![0], bytes(text)].concat())
}

/// With what base64 puts at the end, and base64url leaves out.
fn padded(text: &Json) -> String {
    let text = text.as_str().unwrap();
    format!("{text}{}", "=".repeat((4 - text.len() % 4) % 4))
}

fn broken(text: &str) -> String {
    format!("{}\n{}", &text[..20], &text[20..])
}

/// The key with the padding at each of these members.
fn pad(key: Json, members: &[&str]) -> Json {
    let more = members.iter().map(|name| ((*name).to_owned(), padded(&key[*name]).into()));
    let more = Json::Object(more.collect());
    with(key, more)
}

/// Public keys, each in two spellings.
fn public() -> Vec<(&'static str, Json, Json)> {
    let digest = [b'a'; 20];
    vec![
        ("a zero in front of n", rsa(), with(rsa(), json!({ "n": longer(N) }))),
        ("a zero in front of e", rsa(), with(rsa(), json!({ "e": "AAEAAQ" }))),
        ("padding", rsa(), with(rsa(), json!({ "n": padded(&N.into()) }))),
        // 342 digits of base64 have four bits more than 256 bytes.
        ("bits behind the last byte", rsa(), with(rsa(), json!({ "n": format!("{}x", &N[..N.len() - 1]) }))),
        ("a line break", rsa(), with(rsa(), json!({ "n": broken(N) }))),
        ("what is empty", rsa(), with(rsa(), json!({ "x5u": "", "x5t": "", "x": "", "x5c": [], "x5t#S256": null }))),
        ("an empty use", with(rsa(), json!({ "use": null })), with(rsa(), json!({ "use": "" }))),
        ("members of other types", rsa(), with(rsa(), json!({ "x": N, "y": N, "k": "abc", "crv": "P-256" }))),
        ("no private part", rsa(), with(rsa(), json!({ "d": null }))),
        (
            "the scheme of x5u",
            with(rsa(), json!({ "x5u": "https://A.example/%7Ex" })),
            with(rsa(), json!({ "x5u": "HTTPS://A.example/%7Ex" })),
        ),
        (
            "a digest in hexadecimal digits",
            with(rsa(), json!({ "x5t": BASE64_URL_SAFE_NO_PAD.encode(digest) })),
            with(rsa(), json!({ "x5t": BASE64_URL_SAFE_NO_PAD.encode("61".repeat(20)) })),
        ),
        (
            "a padded digest",
            with(rsa(), json!({ "x5t#S256": padded(&edwards()["x"]) })),
            with(rsa(), json!({ "x5t#S256": edwards()["x"] })),
        ),
        ("padded coordinates", elliptic(), pad(elliptic(), &["x", "y"])),
        ("a padded Edwards key", edwards(), pad(edwards(), &["x"])),
        ("more bytes than an Edwards key has", edwards(), {
            let more = BASE64_URL_SAFE_NO_PAD.encode([bytes(edwards()["x"].as_str().unwrap()), vec![7, 7]].concat());
            with(edwards(), json!({ "x": more }))
        }),
    ]
}

/// The same of private ones, which only sets have.
fn private() -> Vec<(&'static str, Json, Json)> {
    vec![
        ("zeros in front", private_rsa(), with(private_rsa(), json!({ "d": longer(D), "p": longer(P), "q": longer(Q) }))),
        ("padding", private_rsa(), pad(private_rsa(), &["d", "p", "q"])),
        ("a padded private number", private_elliptic(), pad(private_elliptic(), &["d"])),
        ("a padded Edwards seed", private_edwards(), pad(private_edwards(), &["d"])),
        ("a padded secret", symmetric(), pad(symmetric(), &["k"])),
    ]
}

fn set(key: &Json) -> String {
    json!({ "keys": [key] }).to_string()
}

type Config = fn(&Json) -> Json;

/// What has a key, by its type.
const PLACES: [(&str, Config); 4] = [
    ("oauth2_client", |key| json!({ "client_name": "C", "jwks": set(key) })),
    ("oidc_dynamic_client", |key| json!({ "client_name": "D", "jwks": set(key) })),
    SET,
    (
        "trusted_oauth2_jwt_grant_issuer",
        |key| json!({ "issuer": "i", "subject": "ann", "scope": ["read"], "expires_at": "2031-01-01T00:00:00Z", "jwk": key.to_string() }),
    ),
];

const SET: (&str, Config) = ("json_web_key_set", |key| json!({ "set_id": "spelled", "jwks": set(key) }));

/// Whichever spelling an object has, the other one is no change of it.
async fn are_one(core: &mut Core, (name, config): (&str, Config), what: &str, [one, other]: [&Json; 2]) {
    for (made, asked) in [(one, other), (other, one)] {
        let mut thing = core.thing(&format!("ory_{name}"));
        core.apply(&mut thing, &config(made)).await.unwrap_or_else(|stop| panic!("{name}, {what}: {stop:?}"));
        core.settled(&thing, &config(made)).await.unwrap_or_else(|stop| panic!("{name}, {what}: {stop:?}"));
        let action = core.plan(&thing, &config(asked)).await.unwrap().action;
        assert_eq!(action, Action::NoOp, "{name}, {what}");
        core.destroy(&mut thing).await.unwrap();
    }
}

async fn spellings_are_one(admin: &str, public_url: &str) {
    let mut core = Core::direct(&ORY, provider(admin, public_url)).await.unwrap();
    for (what, one, other) in public() {
        for place in PLACES {
            are_one(&mut core, place, what, [&one, &other]).await;
        }
    }
    for (what, one, other) in private() {
        are_one(&mut core, SET, what, [&one, &other]).await;
    }
}

#[tokio::test]
async fn spellings_of_a_key_are_one() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        let emulator = emulator::start(Options { profile, ..Options::default() }).await.unwrap();
        spellings_are_one(&emulator.url(), &emulator.url()).await;
    }
}

#[tokio::test]
async fn spellings_of_a_key_are_one_on_a_real_hydra() {
    if let Some(real) = support::hydra().await {
        spellings_are_one(&real.admin, &real.public).await;
    }
}

#[tokio::test]
async fn different_keys_are_not_equal() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let mut core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
    let behind = BASE64_URL_SAFE_NO_PAD.encode([bytes(N), vec![0]].concat());
    for (one, other) in [
        (rsa(), with(rsa(), json!({ "n": behind }))),
        (rsa(), with(rsa(), json!({ "e": "Aw" }))),
        (rsa(), with(rsa(), json!({ "alg": "RS512" }))),
        (elliptic(), rsa()),
    ] {
        for (name, config) in PLACES {
            let mut thing = core.thing(&format!("ory_{name}"));
            core.apply(&mut thing, &config(&one)).await.unwrap();
            assert_ne!(core.plan(&thing, &config(&other)).await.unwrap().action, Action::NoOp, "{name}: {one} {other}");
            core.destroy(&mut thing).await.unwrap();
        }
    }
}

/// The fingerprint that an import shows of a private part is that of the number, not of its spelling.
#[tokio::test]
async fn a_fingerprint_equals_every_spelling() {
    let emulator = emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap();
    let hydra = Hydra::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
    let writes = || emulator.requests().iter().filter(|(method, ..)| method != "GET").count();
    for (what, one, other) in private() {
        assert_eq!(hydra.ask("PUT", "keys/spelled", Some(&json!({ "keys": [one] }))).await.0, 200);
        let mut thing = core.import("ory_json_web_key_set", "spelled").await.unwrap();
        let before = writes();
        core.apply(&mut thing, &SET.1(&other)).await.unwrap();
        assert_eq!(writes(), before, "{what}");
        core.settled(&thing, &SET.1(&other)).await.unwrap();
        core.destroy(&mut thing).await.unwrap();
    }
}

/// Pulumi compares write-only keys with those of its last inputs.
#[tokio::test]
async fn spellings_of_write_only_keys_are_one_under_pulumi() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
    host.configure(json!({ "hydraAdminUrl": emulator.url() })).await.unwrap();
    let [one, other] = [elliptic(), pad(elliptic(), &["x", "y"])].map(|key| set(&key));
    for (name, rest) in [("oauth2_client", json!({ "clientName": "C" })), ("json_web_key_set", json!({ "setId": "spelled" }))] {
        let token = names::resource_token(ORY.name, name);
        let program = |keys: &str| with(rest.clone(), json!({ "jwksWo": keys }));
        host.up(&token, "it", &program(&one)).await.unwrap();
        assert_eq!(host.up(&token, "it", &program(&other)).await.unwrap().done, Done::Nothing, "{name}");
        host.destroy().await.unwrap();
    }
}

//! CORS origins: the server gets what a browser would send, however the configuration spells it.

use super::lifecycle::{Hydra, provider};
use crate::{
    support,
    terraform::core::{Action, Core, Thing},
};
use janiform::{
    emulator::{self, Options, Profile},
    ory::ORY,
};
use serde_json::{Value as Json, json};

/// Spellings of one origin, the one that browsers send first.
const SPELLINGS: [&[&str]; 7] = [
    &["https://app.example.com", "HTTPS://app.example.com", "https://App.Example.COM/", "https://app.example.com//"],
    &["http://app.example.com:8080", "Http://APP.example.com:8080/"],
    &["https://xn--bcher-kva.example", "https://bücher.example", "https://BÜCHER.example/", "https://XN--BCHER-KVA.example"],
    &["https://xn--wgv71a.example:8443", "https://日本.example:8443"],
    &["https://*.app.example.com", "https://*.App.Example.com/"],
    &["https://*.xn--bcher-kva.example", "https://*.Bücher.example"],
    // The dot of Chinese and Japanese typing is one (UTS #46).
    &["https://a.example", "https://a。example"],
];

fn client(origins: &[&str]) -> Json {
    json!({ "client_name": "C", "allowed_cors_origins": origins })
}

fn id(thing: &Thing) -> String {
    thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned()
}

async fn origins_settle(admin: &str, public: &str) {
    let mut core = Core::direct(&ORY, provider(admin, public)).await.unwrap();
    let hydra = Hydra::at(admin);
    for kind in ["ory_oauth2_client", "ory_oidc_dynamic_client"] {
        for spellings in SPELLINGS {
            for spelling in spellings {
                let mut thing = core.thing(kind);
                core.apply(&mut thing, &client(&[spelling])).await.unwrap();
                core.settled(&thing, &client(&[spelling])).await.unwrap_or_else(|stop| panic!("{spelling}: {stop:?}"));
                assert_eq!(hydra.get(&id(&thing)).await.unwrap()["allowed_cors_origins"], json!([spellings[0]]), "{spelling}");
                for other in spellings {
                    assert_eq!(core.plan(&thing, &client(&[other])).await.unwrap().action, Action::NoOp, "{spelling} {other}");
                }
                core.destroy(&mut thing).await.unwrap();
            }
        }
    }
    // What nobody's browser sends is another one, so that its correction is a change.
    let mut thing = core.thing("ory_oauth2_client");
    core.apply(&mut thing, &client(&["https://bücher.example", "https://a.example"])).await.unwrap();
    let mut body = hydra.get(&id(&thing)).await.unwrap();
    body["allowed_cors_origins"] = json!(["https://bücher.example", "https://a.example"]);
    body.as_object_mut().unwrap().remove("jwks");
    let (status, body) = hydra.ask("PUT", &format!("clients/{}", id(&thing)), Some(&body)).await;
    assert_eq!((status, &body["allowed_cors_origins"][0]), (200, &json!("https://b%C3%BCcher.example")));
    let config = client(&["https://a.example", "https://bücher.example"]);
    assert_eq!(core.apply(&mut thing, &config).await.unwrap(), Action::Update);
    core.settled(&thing, &config).await.unwrap();
    let held = hydra.get(&id(&thing)).await.unwrap()["allowed_cors_origins"].clone();
    assert_eq!(held, json!(["https://a.example", "https://xn--bcher-kva.example"]));
    for other in ["http://a.example", "https://a.example:443", "https://b.example", "https://a.example:8443"] {
        let config = client(&[other, "https://bücher.example"]);
        assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::Update, "{other}");
    }
    core.destroy(&mut thing).await.unwrap();
}

#[tokio::test]
async fn spellings_of_an_origin_are_one() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        let emulator = emulator::start(Options { profile, ..Options::default() }).await.unwrap();
        origins_settle(&emulator.url(), &emulator.url()).await;
    }
}

#[tokio::test]
async fn spellings_of_an_origin_are_one_on_a_real_hydra() {
    if let Some(real) = support::hydra().await {
        origins_settle(&real.admin, &real.public).await;
    }
}

#[tokio::test]
async fn an_invalid_origin_is_refused() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let mut core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
    for wrong in [
        "ftp://a.example",
        "https://user@a.example",
        "https://bücher.example/path",
        "https://a.example?query",
        "https://a.example#fragment",
        "a.example",
        "*",
        "null",
        "http://ex ample.com",
        " https://a.example",
    ] {
        assert!(core.validate("ory_oauth2_client", &client(&[wrong])).await.is_err(), "{wrong}");
    }
}

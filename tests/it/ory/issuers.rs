//! Trusted issuers: shared keys, and when two grants are the same. `neighbours` tests what their deletion leaves.

use super::lifecycle::{Hydra, key, provider};
use crate::{
    support::faults::{Fault, Proxy},
    terraform::core::{Action, Core, Thing},
};
use janiform::{
    emulator::{self, Options, Profile},
    ory::ORY,
};
use serde_json::{Value as Json, json};

const TYPE: &str = "ory_trusted_oauth2_jwt_grant_issuer";
const PATH: &str = "trust/grants/jwt-bearer/issuers";

struct Setup {
    core: Core,
    hydra: Hydra,
    proxy: Proxy,
    _emulator: emulator::Running,
}

impl Setup {
    async fn new() -> Setup {
        Setup::on(Profile::V26_2).await
    }

    async fn on(profile: Profile) -> Setup {
        let emulator = emulator::start(Options { profile, ..Options::default() }).await.unwrap();
        let proxy = Proxy::to(&emulator.url()).await;
        let core = Core::direct(&ORY, provider(&proxy.url(), &proxy.url())).await.unwrap();
        Setup { core, hydra: Hydra::at(&emulator.url()), proxy, _emulator: emulator }
    }

    async fn made(&mut self, config: &Json) -> Thing {
        let mut thing = self.core.thing(TYPE);
        self.core.apply(&mut thing, config).await.unwrap();
        thing
    }

    /// Somebody else's grant; its id.
    async fn add(&self, subject: &str, kid: &str) -> String {
        let body = json!({ "issuer": "https://idp.example", "subject": subject, "scope": ["read"], "jwk": key(kid), "expires_at": "2031-01-01T00:00:00Z" });
        let (status, body) = self.hydra.ask("POST", PATH, Some(&body)).await;
        assert_eq!(status, 201);
        body["id"].as_str().unwrap().to_owned()
    }

    async fn grants(&self) -> Vec<Json> {
        self.hydra.ask("GET", PATH, None).await.1.as_array().unwrap().clone()
    }
}

fn grant(subject: &str, kid: &str) -> Json {
    json!({ "issuer": "https://idp.example", "subject": subject, "scope": ["read"], "jwk": key(kid).to_string(), "expires_at": "2031-01-01T00:00:00Z" })
}

#[tokio::test]
async fn a_key_that_others_use_is_not_shared() {
    let mut setup = Setup::new().await;
    let theirs = setup.add("ann", "k").await;
    let mut thing = setup.core.thing(TYPE);
    let stop = setup.core.apply(&mut thing, &grant("bob", "k")).await.unwrap_err();
    assert!(stop.says(&theirs) && stop.says("another `kid`"), "{stop:?}");
    assert!(thing.state.is_none());
    assert_eq!(setup.grants().await.len(), 1);
}

/// A clean-up of the server takes expired grants and leaves their keys.
#[tokio::test]
async fn an_equal_key_that_was_left_is_used() {
    let mut setup = Setup::new().await;
    let path = "keys/https:%2F%2Fidp.example/k";
    assert_eq!(setup.hydra.ask("PUT", path, Some(&key("k"))).await.0, 200);
    let mut thing = setup.made(&grant("ann", "k")).await;
    setup.core.settled(&thing, &grant("ann", "k")).await.unwrap();
    setup.core.destroy(&mut thing).await.unwrap();
    assert_eq!(setup.hydra.ask("GET", path, None).await.0, 404);
}

/// What is past is said whenever the grant is looked at, since a plan knows no clock.
#[tokio::test]
async fn a_past_expiry_is_a_warning() {
    let mut setup = Setup::new().await;
    let mut config = grant("ann", "k");
    config["expires_at"] = "2001-01-01T00:00:00Z".into();
    let told = |core: &mut Core| {
        let told = std::mem::take(&mut core.warnings);
        told.iter().filter(|one| one.detail.contains("destroy the grant to be certain that the trust has ended")).count()
    };
    let thing = setup.made(&config).await;
    assert_eq!(told(&mut setup.core), 1, "the apply");
    setup.core.settled(&thing, &config).await.unwrap();
    assert_eq!(told(&mut setup.core), 1, "the refresh");
    let thing = setup.made(&grant("bob", "other")).await;
    setup.core.settled(&thing, &grant("bob", "other")).await.unwrap();
    assert_eq!(told(&mut setup.core), 0, "one that is to come");
}

#[tokio::test]
async fn a_different_key_that_was_left_is_not_used() {
    let mut setup = Setup::new().await;
    let path = "keys/https:%2F%2Fidp.example/k";
    // Its private half is somebody's, and would go with the grant.
    let (status, _) =
        setup.hydra.ask("POST", "keys/https:%2F%2Fidp.example", Some(&json!({ "alg": "ES256", "kid": "own", "use": "sig" }))).await;
    assert_eq!(status, 201);
    let own = setup.hydra.ask("GET", "keys/https:%2F%2Fidp.example/own", None).await.1["keys"][0].clone();
    let mut public = own.clone();
    public.as_object_mut().unwrap().remove("d").unwrap();
    let mut config = grant("ann", "own");
    config["jwk"] = public.to_string().into();
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &config).await.unwrap_err();
    assert!(stop.says("No grant uses this key"), "{stop:?}");
    let mut other = key("k");
    other["y"] = json!("5Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM");
    (other["crv"], other["kty"], other["alg"]) = (public["crv"].clone(), public["kty"].clone(), public["alg"].clone());
    (other["x"], other["y"]) = (public["x"].clone(), public["y"].clone());
    assert_eq!(setup.hydra.ask("PUT", path, Some(&other)).await.0, 200);
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &grant("ann", "k")).await.unwrap_err();
    assert!(stop.says("No grant uses this key"), "{stop:?}");
    assert_eq!(setup.hydra.ask("GET", path, None).await.0, 200);
}

#[tokio::test]
async fn false_is_unset() {
    let mut setup = Setup::new().await;
    let mut thing = setup.made(&grant("ann", "k")).await;
    let id = setup.grants().await[0]["id"].clone();
    let mut spelled = grant("ann", "k");
    spelled["allow_any_subject"] = false.into();
    // Written out or not, the grant is the same one.
    for config in [&spelled, &grant("ann", "k")] {
        assert_eq!(setup.core.apply(&mut thing, config).await.unwrap(), Action::Update);
        setup.core.settled(&thing, config).await.unwrap();
    }
    assert_eq!(setup.grants().await[0]["id"], id);
}

#[tokio::test]
async fn subject_and_any_subject_are_told_apart_when_planned() {
    let mut setup = Setup::new().await;
    let with = |subject: Option<&str>, any: Option<bool>| {
        let mut config = grant("x", "k");
        (config["subject"], config["allow_any_subject"]) = (json!(subject), json!(any));
        config
    };
    for (subject, any, refused) in [
        (Some("ann"), Some(true), true),
        (None, None, true),
        (None, Some(false), true),
        (Some(""), None, true),
        (Some("ann"), Some(false), false),
        (None, Some(true), false),
    ] {
        assert_eq!(setup.core.validate(TYPE, &with(subject, any)).await.is_err(), refused, "{subject:?} {any:?}");
    }
    let mut private = key("k");
    private["d"] = "x".into();
    let mut unnamed = key("k");
    unnamed.as_object_mut().unwrap().remove("kid");
    for (jwk, text) in [(private, "public key"), (unnamed, "must have a `kid`"), (json!([1]), "one JSON Web Key")] {
        let mut config = grant("ann", "k");
        config["jwk"] = jwk.to_string().into();
        let stop = setup.core.validate(TYPE, &config).await.unwrap_err();
        assert!(stop.says(text) || stop.says("Must have a `kid`"), "{text}: {stop:?}");
    }
}

#[tokio::test]
async fn instants_and_keys_are_compared_by_meaning() {
    let mut setup = Setup::new().await;
    let mut config = grant("ann", "k");
    config["expires_at"] = "2031-01-01T01:00:00.4+01:00".into();
    let thing = setup.made(&config).await;
    setup.core.settled(&thing, &config).await.unwrap();
    // What the server drops from a key says nothing.
    let mut more = key("k");
    more["key_ops"] = json!(["verify"]);
    config["jwk"] = serde_json::to_string_pretty(&more).unwrap().into();
    config["expires_at"] = "2031-01-01T00:00:00Z".into();
    assert_eq!(setup.core.plan(&thing, &config).await.unwrap().action, Action::NoOp);
    config["expires_at"] = "2031-01-01T00:00:01Z".into();
    assert_eq!(setup.core.plan(&thing, &config).await.unwrap().action, Action::Replace);
}

/// Many people's "never". What is beyond the year 9999 in UTC or when it is rounded, the server cannot write.
#[tokio::test]
async fn a_grant_may_last_to_the_end_of_the_year_9999() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    last(&emulator.url(), &emulator.url()).await;
}

#[tokio::test]
async fn a_grant_may_last_to_the_end_of_the_year_9999_on_a_real_hydra() {
    if let Some(real) = crate::support::hydra().await {
        last(&real.admin, &real.public).await;
    }
}

async fn last(admin: &str, public: &str) {
    let mut core = Core::direct(&ORY, provider(admin, public)).await.unwrap();
    let at = |moment: &str| {
        let mut config = grant("ann", "k");
        config["expires_at"] = moment.into();
        config
    };
    for (moment, same, other) in [
        ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.4+00:00", "9999-12-31T23:59:58Z"),
        ("9999-12-31T23:59:59+05:00", "9999-12-31T18:59:59Z", "9999-12-31T23:59:59Z"),
        ("9999-12-31T18:59:59-05:00", "9999-12-31T23:59:59Z", "9999-12-31T18:59:59Z"),
        ("0000-01-01T00:00:00Z", "0000-01-01T01:00:00+01:00", "0000-01-01T00:00:01Z"),
    ] {
        let mut thing = core.thing(TYPE);
        core.apply(&mut thing, &at(moment)).await.unwrap();
        core.settled(&thing, &at(moment)).await.unwrap();
        assert_eq!(core.plan(&thing, &at(same)).await.unwrap().action, Action::NoOp, "{same}");
        assert_eq!(core.plan(&thing, &at(other)).await.unwrap().action, Action::Replace, "{other}");
        let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
        let imported = core.import(TYPE, &id).await.unwrap();
        core.settled(&imported, &at(moment)).await.unwrap();
        core.destroy(&mut thing).await.unwrap();
    }
    // Each of them was tried on the real server, which refuses or fails.
    for wrong in [
        "9999-12-31T23:59:59.5Z",
        "9999-12-31T23:59:59-05:00",
        "10000-01-01T00:00:00Z",
        "2031-01-01 00:00:00Z",
        "2031-01-01t00:00:00z",
        "2031-01-01T00:00Z",
        "2031-01-01T00:00:00",
        "2031-01-01T00:00:00+0100",
        "2031-01-01T00:00:00+01",
        "2031-01-01T24:00:00Z",
        "2031-01-01T23:59:60Z",
        "2031-02-29T00:00:00Z",
        "2031-01-01T00:00:00Z[UTC]",
        "+002031-01-01T00:00:00Z",
        "20310101T000000Z",
        " 2031-01-01T00:00:00Z",
        "",
    ] {
        assert!(core.validate(TYPE, &at(wrong)).await.is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn a_grant_whose_answer_is_lost_is_found() {
    let mut setup = Setup::new().await;
    setup.proxy.then("POST", Fault::LoseAnswer);
    let config = grant("ann", "k");
    let thing = setup.made(&config).await;
    assert_eq!((setup.grants().await.len(), setup.proxy.unused()), (1, 0));
    setup.core.settled(&thing, &config).await.unwrap();
    // Where it never arrived it is sent again, until nobody could know any more.
    setup.proxy.then("POST", Fault::LoseRequest);
    setup.made(&grant("ann", "again")).await;
    assert_eq!((setup.grants().await.len(), setup.proxy.unused()), (2, 0));
    for _ in 0..4 {
        setup.proxy.then("POST", Fault::LoseRequest);
    }
    let mut other = setup.core.thing(TYPE);
    let stop = setup.core.apply(&mut other, &grant("ann", "other")).await.unwrap_err();
    assert!(stop.says("may have been created") && other.state.is_none(), "{stop:?}");
    // A key that cannot be looked at after the grant was made does not lose the grant.
    setup.proxy.then(
        "GET /admin/keys/https:%2F%2Fidp.example/third",
        Fault::Answer(404, "application/json", r#"{"error":"Unable to locate the resource"}"#),
    );
    setup.proxy.then("GET /admin/keys/https:%2F%2Fidp.example/third", Fault::Answer(500, "application/json", "{}"));
    let thing = setup.made(&grant("ann", "third")).await;
    setup.core.settled(&thing, &grant("ann", "third")).await.unwrap();
}

#[tokio::test]
async fn keys_that_cannot_be_read_are_compared_by_id() {
    let mut setup = Setup::on(Profile::V2_3).await;
    let config = grant("ann", "k");
    let mut thing = setup.made(&config).await;
    let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
    let imported = setup.core.import(TYPE, &id).await.unwrap();
    for thing in [&thing, &imported] {
        setup.core.settled(thing, &config).await.unwrap();
        assert_eq!(setup.core.plan(thing, &grant("ann", "other")).await.unwrap().action, Action::Replace);
    }
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &grant("bob", "k")).await.unwrap_err();
    assert!(stop.says("another `kid`"), "{stop:?}");
    setup.add("bob", "k").await;
    assert!(setup.core.destroy(&mut thing).await.unwrap_err().says("nothing was deleted"));
    assert_eq!(setup.grants().await.len(), 2);
}

#[tokio::test]
async fn a_data_source_finds_the_only_grant_of_an_issuer() {
    let mut setup = Setup::new().await;
    let thing = setup.made(&grant("ann", "k")).await;
    let id = thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned();
    for config in [json!({ "issuer": "https://idp.example" }), json!({ "grant_id": id })] {
        let found = setup.core.data(TYPE, &config).await.unwrap();
        assert_eq!((found.get("id").text(), found.get("key_id").text()), (Some(id.as_str()), Some("k")));
    }
    setup.add("bob", "other").await;
    let stop = setup.core.data(TYPE, &json!({ "issuer": "https://idp.example" })).await.unwrap_err();
    assert!(stop.says("More than one"), "{stop:?}");
}

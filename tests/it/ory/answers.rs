//! Answers about another object than the requested one: an error names both, and neither the state
//! nor a later write uses the answer.

use super::{adoption::everywhere, identity_lives, lifecycle::key, relationships};
use crate::{
    support::faults::{Fault, Proxy},
    terraform::core::{Core, Stop, Thing},
};
use janiform::{
    emulator::{self, Options, Profile, Running},
    ory::ORY,
};
use serde_json::{Value as Json, json};

struct Setup {
    core: Core,
    proxy: Proxy,
    _emulator: Running,
}

impl Setup {
    async fn new() -> Setup {
        Setup::on(emulator::start(Options { dynamic_registration: true, ..Options::default() }).await.unwrap()).await
    }

    async fn on(emulator: Running) -> Setup {
        let proxy = Proxy::to(&emulator.url()).await;
        Setup { core: Core::direct(&ORY, everywhere(&proxy.url())).await.unwrap(), proxy, _emulator: emulator }
    }

    async fn made(&mut self, type_name: &str, config: &Json) -> Thing {
        let mut thing = self.core.thing(type_name);
        self.core.apply(&mut thing, config).await.unwrap();
        self.proxy.asked();
        thing
    }

    /// The next request that starts like this is answered with this.
    fn answer(&self, request: &str, body: &Json) {
        self.proxy.then(request, Fault::Answer(200, "application/json", body.to_string().leak()));
    }

    /// What was asked and is no reading.
    fn written(&self) -> Vec<String> {
        assert_eq!(self.proxy.unused(), 0, "the answer was not asked for");
        self.proxy.asked().into_iter().map(|(line, _)| line).filter(|line| !line.starts_with("GET ")).collect()
    }
}

fn id(thing: &Thing) -> String {
    thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned()
}

#[track_caller]
fn names<T: std::fmt::Debug>(outcome: Result<T, Stop>, both: [&str; 2]) {
    let Err(stop) = outcome else { panic!("{outcome:?}") };
    assert!(both.iter().all(|one| stop.says(&format!("`{one}`"))), "{stop:?}");
}

const CLIENT: &str = "ory_oauth2_client";
const BOTH: [&str; 2] = ["mine", "somebody-else"];

fn mine(name: &str) -> Json {
    json!({ "client_id": "mine", "client_name": name })
}

fn theirs() -> Json {
    json!({ "client_id": "somebody-else", "client_name": "theirs", "grant_types": [], "token_endpoint_auth_method": "client_secret_post" })
}

#[tokio::test]
async fn a_client_that_is_read() {
    let mut setup = Setup::new().await;
    let mut thing = setup.made(CLIENT, &mine("one")).await;
    let before = thing.state.as_ref().unwrap().json.clone();
    setup.answer("GET /admin/clients/mine", &theirs());
    names(setup.core.refresh(&mut thing).await, BOTH);
    assert_eq!(thing.state.as_ref().unwrap().json, before);
    setup.answer("GET /admin/clients/mine", &theirs());
    names(setup.core.import(CLIENT, "mine").await, BOTH);
    for attr in ["client_id", "id"] {
        setup.answer("GET /admin/clients/mine", &theirs());
        names(setup.core.data(CLIENT, &json!({ attr: "mine" })).await, BOTH);
    }
    // One without a name is none either.
    setup.answer("GET /admin/clients/mine", &json!({ "client_name": "theirs" }));
    setup.core.refresh(&mut thing).await.unwrap_err();
    setup.core.destroy(&mut thing).await.unwrap();
    assert_eq!(setup.written(), ["DELETE /admin/clients/mine"]);
}

#[tokio::test]
async fn a_client_that_is_made() {
    let mut setup = Setup::new().await;
    // Before it is made, the look whether the id is free.
    let mut thing = setup.core.thing(CLIENT);
    setup.answer("GET /admin/clients/mine", &theirs());
    names(setup.core.apply(&mut thing, &mine("one")).await, BOTH);
    assert!(thing.state.is_none() && setup.written().is_empty());
    // The answer to the create itself, whoever chose the id.
    setup.proxy.then("POST", Fault::Answer(201, "application/json", theirs().to_string().leak()));
    names(setup.core.apply(&mut thing, &mine("one")).await, BOTH);
    assert!(thing.state.is_none());
    setup.proxy.then("POST", Fault::Answer(201, "application/json", theirs().to_string().leak()));
    names(setup.core.apply(&mut thing, &json!({ "client_name": "one" })).await, ["somebody-else"; 2]);
    assert!(thing.state.is_none());
    assert_eq!(setup.written(), ["POST /admin/clients"; 2]);
}

#[tokio::test]
async fn a_client_that_is_changed() {
    let mut setup = Setup::new().await;
    let mut thing = setup.made(CLIENT, &mine("one")).await;
    // The refresh that every apply starts with is answered rightly here.
    let planned = setup.core.plan(&thing, &mine("two")).await.unwrap();
    setup.answer("GET /admin/clients/mine", &theirs());
    names(setup.core.carry_out(&mut thing, planned.clone(), &mine("two")).await, BOTH);
    assert!(setup.written().is_empty(), "nothing is written on top of somebody else's");
    setup.answer("PUT /admin/clients/mine", &theirs());
    names(setup.core.carry_out(&mut thing, planned, &mine("two")).await, BOTH);
    assert_eq!(id(&thing), "mine");
    setup.core.destroy(&mut thing).await.unwrap();
    assert_eq!(setup.written(), ["PUT /admin/clients/mine", "DELETE /admin/clients/mine"]);
}

#[tokio::test]
async fn a_client_that_manages_itself() {
    const TYPE: &str = "ory_oidc_dynamic_client";
    let mut setup = Setup::new().await;
    let named = |name: &str| json!({ "client_name": name });
    let mut thing = setup.made(TYPE, &named("one")).await;
    let own = id(&thing);
    let both = [own.as_str(), "somebody-else"];
    setup.answer("GET /oauth2/register", &theirs());
    names(setup.core.refresh(&mut thing).await, both);
    let planned = setup.core.plan(&thing, &named("two")).await.unwrap();
    setup.answer("GET /oauth2/register", &theirs());
    names(setup.core.carry_out(&mut thing, planned.clone(), &named("two")).await, both);
    assert!(setup.written().is_empty());
    setup.answer("PUT /oauth2/register", &theirs());
    names(setup.core.carry_out(&mut thing, planned, &named("two")).await, both);
    assert_eq!(id(&thing), own);
    // By the admin API too.
    setup.answer("GET /admin/clients/", &theirs());
    names(setup.core.import(TYPE, &own).await, both);
    assert_eq!(setup.written(), [format!("PUT /oauth2/register/{own}")]);
}

#[tokio::test]
async fn an_identity() {
    const TYPE: &str = "ory_identity";
    const OTHER: &str = "00000000-0000-4000-8000-00000000dead";
    let mut setup = Setup::on(identity_lives::kratos(Profile::V26_2).await).await;
    let config = |name: &str| json!({ "schema_id": "person", "traits": json!({ "email": "ann@example.com", "name": name }).to_string(), "external_id": "ann" });
    let mut thing = setup.made(TYPE, &config("Ann")).await;
    let own = id(&thing);
    let both = [own.as_str(), OTHER];
    let theirs = json!({ "id": OTHER, "schema_id": "person", "schema_url": "", "state": "active", "traits": {}, "external_id": "bob" });
    let by_id = format!("GET /admin/identities/{own}");
    setup.answer(&by_id, &theirs);
    names(setup.core.refresh(&mut thing).await, both);
    setup.answer(&by_id, &theirs);
    names(setup.core.import(TYPE, &own).await, both);
    setup.answer(&by_id, &theirs);
    names(setup.core.data(TYPE, &json!({ "id": own })).await, both);
    let planned = setup.core.plan(&thing, &config("Anna")).await.unwrap();
    setup.answer(&by_id, &theirs);
    names(setup.core.carry_out(&mut thing, planned.clone(), &config("Anna")).await, both);
    assert!(setup.written().is_empty());
    setup.answer("PUT", &theirs);
    names(setup.core.carry_out(&mut thing, planned, &config("Anna")).await, both);
    assert_eq!((id(&thing), setup.written().len()), (own.clone(), 1));
    // By the id of one's own.
    let by_own = "GET /admin/identities/by/external/ann";
    setup.answer(by_own, &theirs);
    names(setup.core.data(TYPE, &json!({ "external_id": "ann" })).await, ["ann", "bob"]);
    setup.answer(by_own, &theirs);
    names(setup.core.import(TYPE, "external_id=ann").await, ["ann", "bob"]);
    // The same id in another spelling is no other.
    let imported = setup.core.import(TYPE, &own.to_uppercase()).await.unwrap();
    assert_eq!(id(&imported), own);
    setup.core.destroy(&mut thing).await.unwrap();
    assert_eq!(setup.written(), [format!("DELETE /admin/identities/{own}")]);
}

#[tokio::test]
async fn a_trusted_issuer_and_its_key() {
    const TYPE: &str = "ory_trusted_oauth2_jwt_grant_issuer";
    const OTHER: &str = "00000000-0000-4000-8000-00000000dead";
    let mut setup = Setup::new().await;
    let config =
        json!({ "issuer": "idp", "subject": "ann", "scope": ["read"], "jwk": key("k").to_string(), "expires_at": "2031-01-01T00:00:00Z" });
    let mut thing = setup.made(TYPE, &config).await;
    let own = id(&thing);
    let both = [own.as_str(), OTHER];
    let theirs = json!({
        "id": OTHER, "issuer": "idp", "subject": "bob", "scope": ["read"], "public_key": { "set": "idp", "kid": "k" },
        "created_at": "2026-01-01T00:00:00Z", "expires_at": "2031-01-01T00:00:00Z",
    });
    let by_id = format!("GET /admin/trust/grants/jwt-bearer/issuers/{own}");
    setup.answer(&by_id, &theirs);
    names(setup.core.refresh(&mut thing).await, both);
    setup.answer(&by_id, &theirs);
    names(setup.core.data(TYPE, &json!({ "grant_id": own })).await, both);
    setup.answer("GET /admin/keys/idp/k", &json!({ "keys": [key("other")] }));
    names(setup.core.refresh(&mut thing).await, ["k", "other"]);
    setup.answer(&by_id, &theirs);
    names(setup.core.destroy_unrefreshed(&mut thing).await, both);
    assert!(setup.written().is_empty());
    let found = setup.core.data(TYPE, &json!({ "grant_id": own.to_uppercase() })).await.unwrap();
    assert_eq!(found.get("id").text(), Some(own.as_str()));
}

#[tokio::test]
async fn a_key_in_a_set() {
    const TYPE: &str = "ory_json_web_key_set";
    let mut setup = Setup::new().await;
    let made = json!({ "set_id": "s", "key_id": "mine", "algorithm": "ES256" });
    let mut other = key("somebody-else");
    other["alg"] = "ES256".into();
    setup.proxy.then("POST", Fault::Answer(201, "application/json", json!({ "keys": [other] }).to_string().leak()));
    setup.proxy.then(
        "GET",
        Fault::Answer(404, "application/json", r#"{"error":"Not Found","error_description":"Unable to locate the requested resource"}"#),
    );
    setup.proxy.then("GET", Fault::Answer(500, "application/json", "{}"));
    let mut thing = setup.core.thing(TYPE);
    names(setup.core.apply(&mut thing, &made).await, BOTH);
    assert!(thing.state.is_none() && setup.written() == ["POST /admin/keys/s"]);
    // A key of one's own.
    let own = json!({ "set_id": "own", "jwks": json!({ "keys": [key("mine")] }).to_string() });
    setup.answer("PUT /admin/keys/own/mine", &key("somebody-else"));
    names(setup.core.apply(&mut thing, &own).await, BOTH);
    assert!(thing.state.is_none());
}

/// A relationship is all that it says; `exclusive` takes others of its scope away.
#[tokio::test]
async fn relationships_of_another_scope() {
    const TYPE: &str = "ory_relationships";
    let mut setup = Setup::on(relationships::keto().await).await;
    let one = |relation: &str| json!({ "relation": relation, "subject_id": "ann" });
    let config = |more: bool| {
        let listed = if more { json!([one("view"), one("edit")]) } else { json!([one("view")]) };
        json!({ "namespace": "files", "object": "a", "exclusive": true, "relationships": listed })
    };
    let mut thing = setup.made(TYPE, &config(false)).await;
    for (namespace, object) in [("groups", "a"), ("files", "b")] {
        let theirs = json!({ "namespace": namespace, "object": object, "relation": "view", "subject_id": "bob" });
        setup.answer("GET /relation-tuples", &json!({ "relation_tuples": [theirs], "next_page_token": "" }));
        let stop = setup.core.refresh(&mut thing).await.unwrap_err();
        assert!(stop.says(&format!("`{namespace}:{object}#view@bob`")) && stop.says("files"), "{stop:?}");
    }
    setup.core.apply(&mut thing, &config(true)).await.unwrap();
    assert_eq!(setup.written().len(), 1);
}

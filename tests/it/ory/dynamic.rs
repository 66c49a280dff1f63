//! Clients that manage themselves: whose token is used, what invalidates it, and when the client is gone.

use super::lifecycle::{Hydra, provider};
use crate::{
    support::faults::{Fault, Proxy},
    terraform::core::{Action, Core, Thing},
};
use janiform::{
    emulator::{self, Options},
    ory::ORY,
};
use serde_json::{Value as Json, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

const TYPE: &str = "ory_oidc_dynamic_client";

struct Setup {
    core: Core,
    hydra: Hydra,
    proxy: Proxy,
    emulator: emulator::Running,
}

impl Setup {
    async fn new(dynamic_registration: bool) -> Setup {
        let emulator = emulator::start(Options { dynamic_registration, record_requests: true, ..Options::default() }).await.unwrap();
        let proxy = Proxy::to(&emulator.url()).await;
        let core = Core::direct(&ORY, provider(&proxy.url(), &proxy.url())).await.unwrap();
        Setup { core, hydra: Hydra::at(&emulator.url()), proxy, emulator }
    }

    async fn made(&mut self) -> Thing {
        let mut thing = self.core.thing(TYPE);
        self.core.apply(&mut thing, &named("one")).await.unwrap();
        thing
    }

    /// What the registration endpoint answers to the token.
    async fn opens(&self, thing: &Thing, token: &str) -> u16 {
        let request = crate::support::client().get(format!("{}/oauth2/register/{}", self.emulator.url(), get(thing, "client_id")));
        request.bearer_auth(token).send().await.unwrap().status().as_u16()
    }

    /// The writes since then.
    fn writes(&self, since: usize) -> Vec<String> {
        let writes = self.emulator.requests().split_off(since).into_iter().filter(|(method, ..)| method != "GET");
        writes.map(|(method, path, status)| format!("{method} {} {status}", path.rsplit_once('/').unwrap().0)).collect()
    }

    /// An administrator changes something that the resource does not know.
    async fn by_admin(&self, thing: &Thing) {
        let id = get(thing, "client_id");
        let mut body = self.hydra.get(&id).await.unwrap();
        body["metadata"] = json!({ "theirs": true });
        assert_eq!(self.hydra.ask("PUT", &format!("clients/{id}"), Some(&body)).await.0, 200);
    }
}

fn named(name: &str) -> Json {
    json!({ "client_name": name, "grant_types": ["client_credentials"] })
}

fn get(thing: &Thing, name: &str) -> String {
    thing.state.as_ref().unwrap().value.get(name).text().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn a_client_changes_itself_with_a_token_that_changes() {
    let mut setup = Setup::new(true).await;
    let mut thing = setup.made().await;
    assert!(get(&thing, "registration_client_uri").ends_with(&get(&thing, "client_id")));
    assert!(!get(&thing, "client_secret").is_empty());
    let secret = get(&thing, "client_secret");
    for name in ["two", "three"] {
        let (before, since) = (get(&thing, "registration_access_token"), setup.emulator.requests().len());
        assert_eq!(setup.core.apply(&mut thing, &named(name)).await.unwrap(), Action::Update);
        assert_eq!(setup.writes(since), ["PUT /oauth2/register 200"]);
        let now = get(&thing, "registration_access_token");
        assert_eq!((setup.opens(&thing, &before).await, setup.opens(&thing, &now).await), (401, 200));
        setup.core.settled(&thing, &named(name)).await.unwrap();
        assert_eq!(get(&thing, "client_secret"), secret);
    }
    assert!(setup.core.warnings.is_empty());
    let since = setup.emulator.requests().len();
    setup.core.destroy(&mut thing).await.unwrap();
    assert_eq!(setup.writes(since), ["DELETE /oauth2/register 204"]);
}

#[tokio::test]
async fn an_administrators_change_revokes_the_token_and_keeps_the_client() {
    let mut setup = Setup::new(true).await;
    let mut thing = setup.made().await;
    setup.by_admin(&thing).await;
    // The client is there, and what the administrator set stays.
    assert_eq!(setup.core.plan(&thing, &named("one")).await.unwrap().action, Action::NoOp);
    let since = setup.emulator.requests().len();
    setup.core.apply(&mut thing, &named("two")).await.unwrap();
    assert_eq!(setup.writes(since), ["PUT /admin/clients 200"]);
    assert_eq!(setup.core.warnings.len(), 1);
    assert!(setup.core.warnings[0].detail.contains("no longer accepted"));
    assert_eq!(get(&thing, "registration_access_token"), "");
    assert_eq!(setup.hydra.get(&get(&thing, "client_id")).await.unwrap()["metadata"], json!({ "theirs": true }));
    // Said once.
    setup.core.apply(&mut thing, &named("three")).await.unwrap();
    assert_eq!(setup.core.warnings.len(), 1);
    setup.core.settled(&thing, &named("three")).await.unwrap();
    setup.core.destroy(&mut thing).await.unwrap();
}

#[tokio::test]
async fn only_the_admin_api_decides_that_a_client_is_gone() {
    let mut setup = Setup::new(true).await;
    let mut thing = setup.made().await;
    let unauthorized = r#"{"error":"The request could not be authorized","error_description":"no"}"#;
    setup.proxy.then("GET /oauth2/register", Fault::Answer(401, "application/json", unauthorized));
    assert!(setup.core.refresh(&mut thing).await.unwrap());
    setup.proxy.then("GET /oauth2/register", Fault::Answer(401, "application/json", unauthorized));
    setup.proxy.then("GET /admin/clients", Fault::Answer(404, "text/plain", "404 page not found"));
    setup.core.refresh(&mut thing).await.unwrap_err();
    let foreign = r#"{"error":{"code":404,"message":"Not Found"}}"#;
    setup.proxy.then("GET /oauth2/register", Fault::Answer(404, "application/json", foreign));
    setup.core.refresh(&mut thing).await.unwrap_err();
    setup.hydra.ask("DELETE", &format!("clients/{}", get(&thing, "client_id")), None).await;
    let before = thing.clone();
    assert!(!setup.core.refresh(&mut thing).await.unwrap());
    setup.core.destroy_unrefreshed(&mut before.clone()).await.unwrap();
}

#[tokio::test]
async fn a_change_whose_answer_is_lost_is_made_by_the_admin_api() {
    let mut setup = Setup::new(true).await;
    let mut thing = setup.made().await;
    setup.proxy.then("PUT /oauth2/register", Fault::LoseAnswer);
    setup.core.apply(&mut thing, &named("two")).await.unwrap();
    setup.core.settled(&thing, &named("two")).await.unwrap();
    assert_eq!((get(&thing, "registration_access_token"), setup.core.warnings.len()), (String::new(), 1));
}

#[tokio::test]
async fn a_failed_registration_has_a_reason() {
    let mut setup = Setup::new(false).await;
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &named("one")).await.unwrap_err();
    assert!(stop.says("dynamic_client_registration"), "{stop:?}");

    let mut setup = Setup::new(true).await;
    setup.proxy.then("POST", Fault::LoseAnswer);
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &named("one")).await.unwrap_err();
    assert!(stop.says("may have been created"), "{stop:?}");

    setup.core.reconfigure(json!({ "hydra_admin_url": setup.emulator.url() })).await.unwrap();
    let stop = setup.core.apply(&mut setup.core.thing(TYPE), &named("one")).await.unwrap_err();
    assert!(stop.says("hydra_public_url"), "{stop:?}");
}

#[tokio::test]
async fn the_admin_api_serves_after_registration_is_switched_off() {
    let mut setup = Setup::new(true).await;
    let mut thing = setup.made().await;
    let off = r#"{"error":"The requested resource could not be found","error_description":"Dynamic registration is not enabled."}"#;
    for _ in 0..3 {
        setup.proxy.then("GET /oauth2/register", Fault::Answer(404, "application/json", off));
    }
    setup.core.apply(&mut thing, &named("two")).await.unwrap();
    setup.core.settled(&thing, &named("two")).await.unwrap();
}

#[tokio::test]
async fn a_public_client_made_confidential_is_warned_of() {
    let mut setup = Setup::new(true).await;
    let mut thing = setup.core.thing(TYPE);
    let mut config = named("one");
    config["token_endpoint_auth_method"] = "none".into();
    setup.core.apply(&mut thing, &config).await.unwrap();
    assert_eq!(get(&thing, "client_secret"), "");
    config["token_endpoint_auth_method"] = "client_secret_basic".into();
    setup.core.apply(&mut thing, &config).await.unwrap();
    assert!(setup.core.warnings.iter().any(|warning| warning.summary.contains("secret is unknown")), "{:?}", setup.core.warnings);
}

#[tokio::test]
async fn credentials_of_the_admin_api_are_not_sent_to_the_public_api() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let public = format!("http://{}", listener.local_addr().unwrap());
    let seen = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await.unwrap();
        let mut seen = vec![0; 65536];
        let length = stream.read(&mut seen).await.unwrap();
        stream.write_all(b"HTTP/1.1 400 X\r\ncontent-length: 2\r\nconnection: close\r\n\r\n{}").await.unwrap();
        String::from_utf8_lossy(&seen[..length]).to_lowercase()
    });
    let config = json!({ "hydra_admin_url": "http://127.0.0.1:1", "hydra_public_url": public, "admin_headers": { "Authorization": "Bearer guard", "X-Guard": "guard" } });
    let mut core = Core::direct(&ORY, config).await.unwrap();
    core.apply(&mut core.thing(TYPE), &named("one")).await.unwrap_err();
    let seen = seen.await.unwrap();
    assert!(seen.starts_with("post /oauth2/register") && !seen.contains("guard") && !seen.contains("authorization"), "{seen}");
}

#[tokio::test]
async fn a_lost_registration_lists_the_clients_that_it_may_have_made() {
    let mut setup = Setup::new(true).await;
    setup.proxy.then("POST /oauth2/register", Fault::LoseAnswer);
    let mut thing = setup.core.thing(TYPE);
    let stop = setup.core.apply(&mut thing, &json!({ "client_name": "Lost" })).await.unwrap_err();
    let left = setup.hydra.ask("GET", "clients?client_name=Lost", None).await.1;
    let id = left[0]["client_id"].as_str().unwrap();
    assert!(stop.says(id) && stop.says("delete it"), "{stop:?}");
}

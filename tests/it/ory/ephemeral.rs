//! Ephemeral resources: an opened value works until it is closed, then it is gone, and a message names what stays.

use super::{
    console::{ask, lives::Console},
    queries::Faces,
};
use crate::{
    pulumi::{engine::Stop, wire::plain},
    support::{
        faults::{Fault, Proxy},
        is_active,
        scripted::Scripted,
    },
    terraform::core::Core,
};
use janiform::{
    emulator::{self, Options, Running},
    ory::ORY,
};
use serde_json::{Value as Json, json};
use std::time::Duration;

const SECRET: &str = "a-secret-of-the-client";

async fn with_client(method: &str) -> (Running, Proxy, Core) {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let client = json!({
        "client_id": "robot", "client_secret": SECRET, "client_name": "Robot", "grant_types": ["client_credentials"],
        "scope": "read write", "audience": ["https://api.example"], "token_endpoint_auth_method": method,
    });
    post(&format!("{}/admin/clients", emulator.url()), &client).await;
    let proxy = Proxy::to(&emulator.url()).await;
    let core = Core::new(&ORY, json!({ "hydra_admin_url": emulator.url(), "hydra_public_url": proxy.url() })).await.unwrap();
    (emulator, proxy, core)
}

async fn post(url: &str, body: &Json) -> Json {
    let response = crate::support::client().post(url).json(body).send().await.unwrap();
    assert!(response.status().is_success(), "{url}");
    response.json().await.unwrap_or_default()
}

#[tokio::test]
async fn a_token_works_until_it_is_closed() {
    for method in ["client_secret_post", "client_secret_basic"] {
        let (emulator, _, mut core) = with_client(method).await;
        let asked = json!({
            "client_id": "robot", "client_secret": SECRET, "scope": "read", "audience": ["https://api.example"],
            "token_endpoint_auth_method": method,
        });
        let mut open = core.open("ory_oauth2_token", &asked).await.unwrap();
        let token = open.value.get("access_token").text().unwrap().to_owned();
        assert!(is_active(&emulator.url(), &token).await);
        assert_eq!(open.value.get("token_type").text(), Some("bearer"));
        // An hour, of which a quarter is left when it is looked after.
        let wait = open.renew_in.unwrap();
        assert!(wait > Duration::from_secs(2500) && wait < Duration::from_secs(2800), "{wait:?}");
        core.renew(&mut open).await.unwrap();
        let warned = core.warnings.pop().unwrap();
        assert!(warned.summary == "The access token expires soon" && open.renew_in.is_none(), "{warned:?}");
        assert!(warned.detail.contains(open.value.get("expires_at").text().unwrap()), "{warned:?}");
        core.close(open).await.unwrap();
        assert!(!is_active(&emulator.url(), &token).await);
        // One that is handed on goes on working.
        let mut asked = asked.clone();
        asked["revoke_on_close"] = json!(false);
        let open = core.open("ory_oauth2_token", &asked).await.unwrap();
        let token = open.value.get("access_token").text().unwrap().to_owned();
        core.close(open).await.unwrap();
        assert!(is_active(&emulator.url(), &token).await);
    }
}

#[tokio::test]
async fn a_failed_token_request_or_revocation_is_reported_without_the_secret() {
    let (emulator, proxy, mut core) = with_client("client_secret_post").await;
    let asked = json!({ "client_id": "robot", "client_secret": SECRET });
    for (wrong, says) in [
        (json!({ "client_id": "robot", "client_secret": "another-secret" }), "invalid_client"),
        (json!({ "client_id": "robot", "client_secret": SECRET, "scope": "nothing" }), "invalid_scope"),
        (json!({ "client_id": "robot", "client_secret": SECRET, "token_endpoint_auth_method": "client_secret_basic" }), "invalid_client"),
    ] {
        let stop = core.open("ory_oauth2_token", &wrong).await.unwrap_err();
        assert!(stop.says(says) && !stop.text().contains("-secret"), "{stop:?}");
    }
    proxy.then("POST /oauth2/token", Fault::Echo(400));
    let stop = core.open("ory_oauth2_token", &asked).await.unwrap_err();
    assert!(!stop.text().contains(SECRET), "{stop:?}");
    let open = core.open("ory_oauth2_token", &asked).await.unwrap();
    let token = open.value.get("access_token").text().unwrap().to_owned();
    proxy.then("POST /oauth2/revoke", Fault::Echo(400));
    let stop = core.close(open.clone()).await.unwrap_err();
    assert!(stop.says("it works until") && !stop.text().contains(SECRET) && !stop.text().contains(&token), "{stop:?}");
    // Where the client is gone, so are its tokens.
    let response = crate::support::client().delete(format!("{}/admin/clients/robot", emulator.url())).send().await.unwrap();
    assert!(response.status().is_success());
    core.close(open).await.unwrap();
}

/// Credentials do not go where others can read them.
#[tokio::test]
async fn a_token_is_not_requested_over_plain_http() {
    let mut core = Core::new(&ORY, json!({ "hydra_public_url": "http://hydra.example" })).await.unwrap();
    let stop = core.open("ory_oauth2_token", &json!({ "client_id": "robot", "client_secret": SECRET })).await.unwrap_err();
    assert!(stop.says("Credentials would be sent without encryption"), "{stop:?}");
}

#[tokio::test]
async fn keys_are_read_and_none_is_created() {
    let emulator = emulator::start(Options { record_requests: true, ..Options::default() }).await.unwrap();
    for kid in ["one", "two"] {
        post(&format!("{}/admin/keys/sessions", emulator.url()), &json!({ "alg": "ES256", "kid": kid, "use": "sig" })).await;
    }
    let mut faces = Faces::to(&emulator.url()).await;
    let before = emulator.requests().len();
    for (asked, count) in [(json!({ "set_id": "sessions" }), 2), (json!({ "set_id": "sessions", "key_id": "two" }), 1)] {
        let open = faces.core.open("ory_json_web_key_set", &asked).await.unwrap();
        let text = |name: &str| serde_json::from_str::<Json>(open.value.get(name).text().unwrap()).unwrap();
        let (keys, public) = (text("keys"), text("public_keys"));
        assert_eq!((keys["keys"].as_array().unwrap().len(), public["keys"].as_array().unwrap().len()), (count, count));
        assert!(keys["keys"].as_array().unwrap().iter().all(|key| key["d"].is_string()), "{keys}");
        assert!(public["keys"].as_array().unwrap().iter().all(|key| key.get("d").is_none()), "{public}");
        faces.core.close(open).await.unwrap();
    }
    for (asked, says) in
        [(json!({ "set_id": "nothing" }), "no key set"), (json!({ "set_id": "sessions", "key_id": "x" }), "no key with this")]
    {
        let stop = faces.core.open("ory_json_web_key_set", &asked).await.unwrap_err();
        assert!(stop.says(says), "{stop:?}");
    }
    // In Pulumi, all that a function gives of it is secret.
    let found = faces.host.invoke("ory:index/openJsonWebKeySet:openJsonWebKeySet", &json!({ "setId": "sessions" })).await.unwrap();
    assert!(found["keys"] != plain(&found)["keys"] && plain(&found)["keys"].as_str().unwrap().contains("\"d\""), "{found}");
    assert!(emulator.requests()[before..].iter().all(|(method, ..)| method == "GET"));
}

#[tokio::test]
async fn a_recovery_link_is_returned_once_and_not_deleted() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let identity =
        post(&format!("{}/admin/identities", emulator.url()), &json!({ "schema_id": "default", "traits": { "email": "ann@example.com" } }))
            .await;
    let id = identity["id"].as_str().unwrap();
    let mut core = Core::new(&ORY, json!({ "kratos_admin_url": emulator.url() })).await.unwrap();
    for (method, has_code) in [("code", true), ("link", false)] {
        let open = core.open("ory_recovery_link", &json!({ "identity_id": id, "method": method, "expires_in": "20m" })).await.unwrap();
        assert!(open.value.get("recovery_link").text().unwrap().contains("/recovery"));
        assert_eq!(open.value.get("recovery_code").text().is_some(), has_code);
        assert!(open.renew_in.unwrap() <= Duration::from_secs(900));
        let expires_at = open.value.get("expires_at").text().unwrap().to_owned();
        core.close(open).await.unwrap();
        let warned = core.warnings.pop().unwrap();
        assert!(warned.detail.contains(id) && warned.detail.contains(&expires_at), "{warned:?}");
    }
    for (asked, says) in [
        (json!({ "identity_id": "00000000-0000-4000-8000-000000000000" }), "could not find identity"),
        (json!({ "identity_id": "00000000-0000-4000-8000-000000000000", "method": "link" }), "does not exist"),
        (json!({ "identity_id": "ann" }), "Must be a UUID"),
        (json!({ "identity_id": id, "expires_in": "0s" }), "Must be longer than zero"),
    ] {
        let stop = core.open("ory_recovery_link", &asked).await.unwrap_err();
        assert!(stop.says(says), "{stop:?}");
    }
}

#[tokio::test]
async fn a_project_key_exists_while_it_is_open() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    let console = Console::at(&url).await;
    let proxy = Proxy::to(&url).await;
    let mut config = console.provider();
    config["console_api_url"] = proxy.url().into();
    let mut core = Core::new(&ORY, config).await.unwrap();
    let tokens = async || ask(&url, "GET", &format!("/projects/{}/tokens", console.project), None).await.1.as_array().unwrap().clone();
    let asked = json!({ "name": "run", "expires_in": "30m" });
    let open = core.open("ory_project_api_key", &asked).await.unwrap();
    let there = tokens().await;
    assert_eq!((there.len(), there[0]["id"].as_str()), (1, open.value.get("key_id").text()));
    assert!(there[0]["name"].as_str().unwrap().starts_with("run-") && there[0]["expires_at"].is_string(), "{there:?}");
    assert!(open.value.get("value").text().unwrap().starts_with("ory_pat_"));
    assert_eq!(open.value.get("project_id").text(), Some(console.project.as_str()));
    // One that cannot be deleted is named.
    proxy.then("DELETE", Fault::Answer(403, "application/json", r#"{"error":{"code":403,"message":"no"}}"#));
    let stop = core.close(open.clone()).await.unwrap_err();
    assert!(stop.says("is left in the project and works until") && stop.says(there[0]["name"].as_str().unwrap()), "{stop:?}");
    core.close(open.clone()).await.unwrap();
    assert!(tokens().await.is_empty());
    // Once more, it is gone already.
    core.close(open).await.unwrap();
    // Nothing is written down that would wait for a state.
    let again = core.open("ory_project_api_key", &asked).await.unwrap();
    core.close(again).await.unwrap();
    assert!(tokens().await.is_empty() && core.warnings.is_empty(), "{:?}", core.warnings);
}

/// Functions run in previews too: what leaves something is none.
#[tokio::test]
async fn pulumi_offers_only_ephemerals_that_leave_nothing() {
    let scripted = Scripted::start(|_, _| (500, Vec::new(), String::new())).await;
    let mut faces = Faces::to(&scripted.url()).await;
    let functions = faces.host.schema["functions"].as_object().unwrap();
    let opened: Vec<_> = functions.keys().filter(|token| token.contains("/open")).collect();
    assert_eq!(
        opened,
        [
            "ory:index/openApiKeyToken:openApiKeyToken",
            "ory:index/openJsonWebKeySet:openJsonWebKeySet",
            "ory:index/openOauth2Token:openOauth2Token"
        ]
    );
    for name in ["openRecoveryLink", "openProjectApiKey"] {
        match faces.host.invoke(&format!("ory:index/{name}:{name}"), &json!({})).await {
            Err(Stop::Failed(_, message)) => assert!(message.contains("has no function"), "{message}"),
            other => panic!("{other:?}"),
        }
    }
}

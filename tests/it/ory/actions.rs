//! Actions: the server shows the effect of each, a deleted target is no error, and a preview does nothing.

use super::{
    console::{ask, lives::Console},
    queries::Faces,
    talos::Recipient,
};
use crate::{
    support::{
        faults::{Fault, Proxy},
        is_active, post_form,
        scripted::Scripted,
    },
    terraform::core::Core,
};
use janiform::{
    emulator::{self, Options, Running},
    engine::Engine,
    frontends::pulumi::names,
    ory::ORY,
};
use serde_json::{Value as Json, json};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";

async fn post(url: &str, body: &Json) -> Json {
    let response = crate::support::client().post(url).json(body).send().await.unwrap();
    assert!(response.status().is_success(), "{url}: {}", response.text().await.unwrap());
    response.json().await.unwrap_or_default()
}

async fn get(url: &str) -> Json {
    crate::support::client().get(url).send().await.unwrap().json().await.unwrap()
}

/// The status with which the client gets a token, and the token.
async fn token(emulator: &Running, id: &str, secret: &str) -> (u16, String) {
    let form = [("grant_type", "client_credentials"), ("client_id", id), ("client_secret", secret)];
    let (status, answer) = post_form(&format!("{}/oauth2/token", emulator.url()), &form).await;
    (status, answer["access_token"].as_str().unwrap_or_default().to_owned())
}

async fn with_client() -> (Running, Core) {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let client = json!({
        "client_id": "robot", "client_secret": "the-first-secret", "client_name": "Robot", "grant_types": ["client_credentials"],
        "token_endpoint_auth_method": "client_secret_post",
    });
    post(&format!("{}/admin/clients", emulator.url()), &client).await;
    let core = Core::new(&ORY, json!({ "hydra_admin_url": emulator.url(), "kratos_admin_url": emulator.url() })).await.unwrap();
    (emulator, core)
}

#[tokio::test]
async fn tokens_of_a_client_are_revoked() {
    let (emulator, mut core) = with_client().await;
    let (_, first) = token(&emulator, "robot", "the-first-secret").await;
    assert!(is_active(&emulator.url(), &first).await);
    let told = core.invoke("ory_oauth2_client_revoke_tokens", &json!({ "client_id": "robot" })).await.unwrap();
    assert_eq!(told, ["The tokens of the client robot have ended."]);
    assert!(!is_active(&emulator.url(), &first).await && token(&emulator, "robot", "the-first-secret").await.0 == 200);
    // A client that is gone has none.
    core.invoke("ory_oauth2_client_revoke_tokens", &json!({ "client_id": "nobody" })).await.unwrap();
}

/// Ory Hydra 26.2 has no secrets beside each other: the new one takes the place of the old one, and that is said.
#[tokio::test]
async fn a_new_secret_takes_the_place_of_the_old_one() {
    let (emulator, mut core) = with_client().await;
    let asked = |id: &str, secret: &str| json!({ "client_id": id, "client_secret": secret });
    let told = core.invoke("ory_oauth2_client_rotate_secret", &asked("robot", "the-second-secret")).await.unwrap();
    assert_eq!(told, ["The client robot has the new secret."]);
    assert_eq!(core.warnings.pop().unwrap().summary, "The old secret no longer works");
    assert_eq!((token(&emulator, "robot", "the-first-secret").await.0, token(&emulator, "robot", "the-second-secret").await.0), (401, 200));
    core.invoke("ory_oauth2_client_rotate_secret", &asked("nobody", "the-second-secret")).await.unwrap();
    assert_eq!(core.warnings.pop().unwrap().summary, "There is no such OAuth 2.0 client");
    let (_, stop) = core.invoke("ory_oauth2_client_rotate_secret", &asked("robot", "short")).await.unwrap_err();
    assert!(stop.says("at least 6 characters"), "{stop:?}");
}

/// Ory Network keeps old secrets until they are dropped (`POST` and `DELETE …/secrets/rotate` of its description).
#[tokio::test]
async fn old_secrets_work_until_they_are_ended() {
    const SECRET: &str = "the-second-secret";
    let answer = |status, body: Json| (status, Vec::new(), body.to_string());
    let server = Scripted::start(move |asked, _| match (asked.method.as_str(), asked.path.as_str()) {
        ("POST", "/admin/clients/robot/secrets/rotate") => {
            let body: Json = serde_json::from_str(&asked.body).unwrap();
            answer(200, json!({ "client_id": "robot", "client_secret": body["client_secret"] }))
        }
        ("POST", "/admin/clients/old/secrets/rotate") => answer(200, json!({ "client_id": "old", "client_secret": "of the server" })),
        ("POST", "/admin/clients/public/secrets/rotate") => {
            answer(400, json!({ "error": "invalid_request", "error_description": format!("no rotation to {SECRET}") }))
        }
        _ => answer(200, json!({ "client_id": "robot" })),
    })
    .await;
    let mut core = Core::new(&ORY, json!({ "hydra_admin_url": server.url() })).await.unwrap();
    let asked = |id: &str, drop: bool| json!({ "client_id": id, "client_secret": SECRET, "drop_old_secrets": drop });
    let told = core.invoke("ory_oauth2_client_rotate_secret", &asked("robot", false)).await.unwrap();
    assert_eq!((told.len(), server.count("DELETE")), (1, 0));
    let told = core.invoke("ory_oauth2_client_rotate_secret", &asked("robot", true)).await.unwrap();
    assert_eq!(told, ["The client robot has the new secret.", "The old secrets no longer work."]);
    assert_eq!(server.count("DELETE /admin/clients/robot/secrets/rotate"), 1);
    // A server that takes no secret of ours makes one that nobody knows.
    let (_, stop) = core.invoke("ory_oauth2_client_rotate_secret", &asked("old", false)).await.unwrap_err();
    assert!(stop.says("chose a new secret instead of the one in `client_secret`") && !stop.text().contains("of the server"), "{stop:?}");
    let (_, stop) = core.invoke("ory_oauth2_client_rotate_secret", &asked("public", false)).await.unwrap_err();
    assert!(!stop.text().contains(SECRET), "{stop:?}");
    assert!(core.warnings.is_empty());
}

#[tokio::test]
async fn a_set_gets_a_new_key() {
    let (emulator, mut core) = with_client().await;
    let set = format!("{}/admin/keys/sessions", emulator.url());
    for kid in ["one", "two"] {
        post(&set, &json!({ "alg": "ES256", "kid": kid, "use": "sig" })).await;
    }
    let kids =
        async || get(&set).await["keys"].as_array().unwrap().iter().map(|key| key["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    let told = core.invoke("ory_json_web_key_set_rotate", &json!({ "set_id": "sessions" })).await.unwrap();
    let now = kids().await;
    assert!(now.len() == 3 && told == [format!("The set sessions has the new key {}.", now[0])], "{told:?} {now:?}");
    assert_eq!(get(&set).await["keys"][0]["alg"], "ES256", "as the newest one was");
    let asked = json!({ "set_id": "sessions", "key_id": "four", "algorithm": "EdDSA", "keep": 1 });
    let told = core.invoke("ory_json_web_key_set_rotate", &asked).await.unwrap();
    assert_eq!((told.len(), kids().await), (3, vec!["four".to_owned(), now[0].clone()]), "the oldest go");
    // Once more, it is done already.
    core.invoke("ory_json_web_key_set_rotate", &asked).await.unwrap();
    assert_eq!(kids().await, ["four".to_owned(), now[0].clone()]);
    core.invoke("ory_json_web_key_set_rotate", &json!({ "set_id": "nothing" })).await.unwrap();
    assert_eq!(core.warnings.pop().unwrap().summary, "There is no such key set");
    for system in ["hydra.openid.id-token", "hydra.jwt.access-token"] {
        let (_, stop) = core.invoke("ory_json_web_key_set_rotate", &json!({ "set_id": system })).await.unwrap_err();
        assert!(stop.says("The server signs tokens with the keys of this set"), "{stop:?}");
    }
}

#[tokio::test]
async fn sessions_of_an_identity_are_revoked() {
    let (emulator, mut core) = with_client().await;
    let url = emulator.url();
    let body = json!({ "schema_id": "default", "traits": { "email": "ann@example.com" }, "credentials": { "password": { "config": { "password": "correct horse battery" } } } });
    let identity = post(&format!("{url}/admin/identities"), &body).await["id"].as_str().unwrap().to_owned();
    let flow = get(&format!("{url}/self-service/login/api")).await["id"].as_str().unwrap().to_owned();
    let body = json!({ "method": "password", "identifier": "ann@example.com", "password": "correct horse battery" });
    post(&format!("{url}/self-service/login?flow={flow}"), &body).await;
    let sessions = async || get(&format!("{url}/admin/identities/{identity}/sessions")).await.as_array().unwrap().len();
    assert_eq!(sessions().await, 1);
    let told = core.invoke("ory_identity_revoke_sessions", &json!({ "identity_id": identity })).await.unwrap();
    assert_eq!((told, sessions().await), (vec![format!("The sessions of the identity {identity} have ended.")], 0));
    for id in [identity.as_str(), NOBODY] {
        let told = core.invoke("ory_identity_revoke_sessions", &json!({ "identity_id": id })).await.unwrap();
        assert_eq!(told, [format!("The identity {id} has no sessions, or does not exist.")]);
    }
    // What something else answers is no word about sessions.
    let proxy = Proxy::to(&url).await;
    let mut core = Core::new(&ORY, json!({ "kratos_admin_url": proxy.url() })).await.unwrap();
    proxy.then("DELETE", Fault::Answer(404, "text/plain", "404 page not found"));
    core.invoke("ory_identity_revoke_sessions", &json!({ "identity_id": identity })).await.unwrap_err();
}

#[tokio::test]
async fn an_event_stream_is_paused() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    let console = Console::at(&url).await;
    let streams = format!("/projects/{}/eventstreams", console.project);
    let body = json!({ "type": "https", "https_endpoint": "https://ann:pw@hooks.example.com/?a=b", "https_auth_type": "none" });
    let id = ask(&url, "POST", &streams, Some(&body)).await.1["id"].as_str().unwrap().to_owned();
    let held = async || ask(&url, "GET", &streams, None).await.1["event_streams"][0].clone();
    let before = held().await;
    let mut core = Core::new(&ORY, console.provider()).await.unwrap();
    for (paused, told, status) in [(true, "is paused.", "paused"), (true, "is paused already.", "paused"), (false, "is active.", "active")]
    {
        let heard = core.invoke("ory_event_stream_pause", &json!({ "event_stream_id": id, "paused": paused })).await.unwrap();
        assert_eq!(heard, [format!("The event stream {id} {told}")]);
        assert_eq!(held().await["status"], status);
    }
    assert_eq!(held().await["https_endpoint"], before["https_endpoint"]);
    core.invoke("ory_event_stream_pause", &json!({ "event_stream_id": NOBODY })).await.unwrap();
    assert_eq!(core.warnings.pop().unwrap().summary, "There is no such event stream");
}

/// As Kratos' own API has it: a flow is begun, and the address is sent to it. Nobody hears of the address but Ory.
#[tokio::test]
async fn mail_is_asked_for_with_the_identitys_own_address() {
    const ANN: &str = "ann@example.com";
    let answer = |status, body: Json| (status, Vec::new(), body.to_string());
    let server = Scripted::start(move |asked, _| match (asked.method.as_str(), asked.path.as_str()) {
        ("GET", path) if path.ends_with(NOBODY) => answer(404, json!({ "error": { "code": 404, "message": "Unable to locate the resource" } })),
        ("GET", path) if path.starts_with("/admin/identities/") => {
            let addresses = json!([{ "value": ANN, "via": "email" }, { "value": "a@other.example", "via": "email" }]);
            answer(200, json!({ "id": path.rsplit('/').next(), "recovery_addresses": addresses }))
        }
        ("GET", "/self-service/recovery/api") => answer(200, json!({ "id": "f1", "state": "choose_method" })),
        ("POST", "/self-service/recovery") => {
            let body: Json = serde_json::from_str(&asked.body).unwrap();
            assert_eq!((asked.query.as_str(), body["email"].as_str()), ("flow=f1", Some(ANN)));
            match body["method"].as_str() {
                Some("code") => answer(200, json!({ "id": "f1", "state": "sent_email" })),
                _ => answer(400, json!({ "id": "f1", "state": "choose_method", "ui": { "messages": [{ "id": 4000001, "text": format!("No way by link for {ANN}.") }] } })),
            }
        }
        other => panic!("{other:?}"),
    })
    .await;
    let mut core = Core::new(&ORY, json!({ "kratos_admin_url": server.url(), "kratos_public_url": server.url() })).await.unwrap();
    const ID: &str = "9f425a8d-7efc-4768-8f23-7647a74fdf13";
    for address in [Json::Null, "ANN@example.com".into()] {
        let told = core.invoke("ory_identity_send_recovery", &json!({ "identity_id": ID, "address": address })).await.unwrap();
        assert_eq!(told, [format!("Ory was asked to send the identity {ID} a code.")]);
    }
    let (_, stop) = core.invoke("ory_identity_send_recovery", &json!({ "identity_id": ID, "method": "link" })).await.unwrap_err();
    assert!(!stop.text().contains(ANN), "{stop:?}");
    let (_, stop) = core.invoke("ory_identity_send_recovery", &json!({ "identity_id": ID, "address": "x@example.com" })).await.unwrap_err();
    assert!(stop.says("no such recovery address"), "{stop:?}");
    core.invoke("ory_identity_send_recovery", &json!({ "identity_id": NOBODY })).await.unwrap();
    assert_eq!(core.warnings.pop().unwrap().summary, "There is no such identity");
}

/// In Pulumi each is a resource that does it when it is made; a preview sends nothing.
#[tokio::test]
async fn a_preview_of_an_action_sends_nothing() {
    let server = Scripted::start(|_, _| {
        (404, Vec::new(), json!({ "error": { "code": 404, "message": "Unable to locate the resource" } }).to_string())
    })
    .await;
    let mut faces = Faces::to(&server.url()).await;
    let engine = Engine::new(&ORY);
    let recipient = Recipient::new();
    let mut seen = 0;
    for (entry, block) in engine.actions() {
        let token = names::resource_token(ORY.name, entry.action.name);
        let value = |name: &str| match name {
            "identity_id" => NOBODY.into(),
            "client_secret" => "a-long-secret".into(),
            "seal_to" => recipient.pem.as_str().into(),
            _ => Json::from("a"),
        };
        let inputs: Json =
            block.fields.iter().filter(|field| field.required()).map(|field| (names::camel(field.name()), value(field.name()))).collect();
        faces.host.preview(&token, "it", &inputs).await.unwrap_or_else(|stop| panic!("{token}: {stop:?}"));
        seen += 1;
    }
    assert_eq!((seen, server.asked().len()), (9, 0));
    let inputs = json!({ "identityId": NOBODY, "triggers": [1] });
    let token = "ory:index/identityRevokeSessions:IdentityRevokeSessions";
    faces.host.up(token, "it", &inputs).await.unwrap();
    assert_eq!(server.count("DELETE"), 1);
    faces.host.up(token, "it", &inputs).await.unwrap();
    assert_eq!(server.count("DELETE"), 1);
    faces.host.up(token, "it", &json!({ "identityId": NOBODY, "triggers": [2] })).await.unwrap();
    assert_eq!(server.count("DELETE"), 2);
}

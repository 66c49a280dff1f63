//! Operations on API keys besides their management: tokens are derived from them, they are revoked and rotated, while
//! others use them.

use super::{IMPORTED, ISSUED, Recipient, Talos, token};
use crate::{
    ory::queries::Faces,
    pulumi::{engine::Done, wire::plain},
    support::faults::Fault,
    terraform::core::{Action, Thing},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};

const NOBODY: &str = "00000000-0000-4000-8000-000000000000";
const DERIVE: &str = "POST /v2alpha1/admin/apiKeys:derive";

/// Issues a key past the provider: its id and its secret.
async fn issued(talos: &Talos) -> (String, String) {
    let body = json!({ "name": "n", "actor_id": "a", "scopes": ["read", "write"] });
    let (status, made) = talos.ask("POST", ISSUED, &body).await;
    assert_eq!(status, 201, "{made}");
    let text = |value: &Json| value.as_str().unwrap().to_owned();
    (text(&made["issued_api_key"]["key_id"]), text(&made["secret"]))
}

fn attr(thing: &Thing, name: &str) -> Json {
    thing.state.as_ref().unwrap().value.get(name).to_json()
}

/// What the second part of a JWT says.
fn claims(token: &str) -> Json {
    let part = token.split('.').nth(1).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

#[tokio::test]
async fn a_token_has_at_most_the_scopes_of_its_key() {
    let talos = Talos::new().await;
    let (id, secret) = issued(&talos).await;
    let mut faces = Faces::with(talos.provider()).await;
    talos.proxy.asked();
    let asked = json!({
        "credential": secret, "ttl": "1h30m", "scopes": ["read"], "audiences": ["https://orders.example"],
        "custom_claims": r#"{"tenant":"acme"}"#,
    });
    let mut open = faces.core.open("ory_api_key_token", &asked).await.unwrap();
    let token = open.value.get("token").text().unwrap().to_owned();
    let (_, sent) = &talos.asked("apiKeys:derive")[0];
    assert_eq!((&sent["ttl"], &sent["algorithm"]), (&json!("5400s"), &json!("TOKEN_ALGORITHM_JWT")));
    let said = claims(&token);
    assert_eq!((&said["scp"], &said["aud"], &said["tenant"]), (&json!(["read"]), &json!(["https://orders.example"]), &json!("acme")));
    let ask = json!({ "credential": token, "expected_audiences": ["https://orders.example"] });
    let verified = talos.ask("POST", "/v2alpha1/admin/apiKeys:verify", &ask).await.1;
    assert_eq!((&verified["key_id"], &verified["expire_time"]), (&json!(id), &open.value.get("expire_time").to_json()));
    // A quarter of its life is left when it is looked after, and nothing makes it last longer.
    let wait = open.renew_in.unwrap().as_secs();
    assert!((4000..=4050).contains(&wait), "{wait}");
    faces.core.renew(&mut open).await.unwrap();
    let warned = faces.core.warnings.pop().unwrap();
    assert!(warned.summary == "The derived token expires soon" && open.renew_in.is_none(), "{warned:?}");
    faces.core.close(open).await.unwrap();
    // 15. It outlives its key.
    talos.revoke(ISSUED, &id, "KEY_COMPROMISE").await;
    assert_eq!(talos.ask("POST", "/v2alpha1/admin/apiKeys:verify", &ask).await.1["is_valid"], true);

    // Of a key that was imported, as a macaroon, through Pulumi, where all that is given is secret.
    talos.ask("POST", IMPORTED, &json!({ "name": "n", "actor_id": "a", "raw_key": "of-a-partner" })).await;
    let asked = json!({ "credential": "of-a-partner", "algorithm": "macaroon" });
    let found = faces.host.invoke("ory:index/openApiKeyToken:openApiKeyToken", &asked).await.unwrap();
    let token = plain(&found)["token"].as_str().unwrap().to_owned();
    assert!(found["token"] != json!(token) && token.starts_with("mc_v1_"), "{found}");
    assert_eq!(talos.verify(&token).await["is_valid"], true);
}

#[tokio::test]
async fn a_failed_token_is_reported_without_the_key() {
    let talos = Talos::new().await;
    let (id, secret) = issued(&talos).await;
    let mut core = talos.core().await;
    let sent = talos.asked("apiKeys:derive").len();
    // 13. What the server would drop without a word.
    for (asked, says) in [
        (json!({ "credential": secret, "custom_claims": r#"{"scope":"admin"}"# }), "sets `scope` itself"),
        (json!({ "credential": secret, "custom_claims": "[1]" }), "JSON object"),
        (json!({ "credential": secret, "ttl": "soon" }), "Must be a lifetime"),
        (json!({ "credential": "" }), "at least one byte"),
    ] {
        let stop = core.open("ory_api_key_token", &asked).await.unwrap_err();
        assert!(stop.says(says) && !stop.text().contains(&secret), "{asked}: {stop:?}");
    }
    assert_eq!(talos.asked("apiKeys:derive").len(), sent);
    for (asked, says) in [
        (json!({ "credential": secret, "scopes": ["admin"] }), "not available in parent key"),
        (json!({ "credential": secret, "ttl": "2y" }), "exceeds"),
        (json!({ "credential": "nobody-s" }), "401"),
    ] {
        let stop = core.open("ory_api_key_token", &asked).await.unwrap_err();
        assert!(stop.says(says) && !stop.text().contains(&secret), "{asked}: {stop:?}");
    }
    talos.proxy.then(DERIVE, Fault::Echo(400));
    let stop = core.open("ory_api_key_token", &json!({ "credential": secret })).await.unwrap_err();
    assert!(!stop.text().contains(&secret), "{stop:?}");
    talos.revoke(ISSUED, &id, "SUPERSEDED").await;
    let stop = core.open("ory_api_key_token", &json!({ "credential": secret })).await.unwrap_err();
    assert!(stop.says("revoked"), "{stop:?}");
}

#[tokio::test]
async fn keys_are_revoked() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let raw = json!({ "name": "n", "actor_id": "a", "raw_key": "of-a-partner" });
    let (_, imported) = talos.ask("POST", IMPORTED, &raw).await;
    let (id, _) = issued(&talos).await;
    for (action, path, id) in
        [("ory_api_key_revoke", ISSUED, id.as_str()), ("ory_imported_api_key_revoke", IMPORTED, imported["key_id"].as_str().unwrap())]
    {
        let asked = json!({ "key_id": id, "revocation_reason": "privilege_withdrawn", "revocation_description": "left" });
        assert_eq!(core.invoke(action, &asked).await.unwrap(), [format!("The API key {id} is revoked.")]);
        let held = talos.key(path, id).await;
        assert_eq!(
            (&held["status"], &held["revocation_reason"], &held["revocation_description"]),
            (&json!("KEY_STATUS_REVOKED"), &json!("REVOCATION_REASON_PRIVILEGE_WITHDRAWN"), &json!("left"))
        );
        // A run that is repeated, and one for a key that is gone, have nothing to do.
        assert_eq!(core.invoke(action, &asked).await.unwrap(), [format!("The API key {id} is revoked already.")]);
        assert!(core.warnings.is_empty());
        core.invoke(action, &json!({ "key_id": NOBODY })).await.unwrap();
        assert_eq!(core.warnings.pop().unwrap().summary, "There is no such API key");
        let (_, stop) = core.invoke(action, &json!({ "key_id": id, "revocation_description": "left" })).await.unwrap_err();
        assert!(stop.says("only for `privilege_withdrawn`"), "{stop:?}");
    }
}

/// The old key ends at once, the new one lasts no longer, and its secret is its recipient's alone.
#[tokio::test]
async fn a_key_is_replaced_by_a_rotation() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let (id, secret) = issued(&talos).await;
    let recipient = Recipient::new();
    let pem = recipient.pem.clone();
    let asked = |id: &str| json!({ "key_id": id, "seal_to": pem });
    let told = core.invoke("ory_api_key_rotate", &asked(&id)).await.unwrap();
    assert!(told.len() == 1 && told[0].starts_with(&format!("The API key {id} has ended, and ")), "{told:?}");
    let warned = core.warnings.pop().unwrap();
    assert_eq!(warned.summary, "The API key was replaced");
    let new = recipient.opens(warned.detail.split_whitespace().last().unwrap());
    let (old, new_one) = (talos.verify(&secret).await, talos.verify(&new).await);
    assert_eq!((&old["is_valid"], &new_one["is_valid"]), (&json!(false), &json!(true)));
    assert_eq!(new_one["expire_time"], talos.key(ISSUED, new_one["key_id"].as_str().unwrap()).await["expire_time"]);
    assert!(!format!("{told:?}{warned:?}").contains(&new));
    // What has ended already, or is gone, is left alone.
    for (id, summary) in [(id.as_str(), "The API key no longer works"), (NOBODY, "There is no such API key")] {
        core.invoke("ory_api_key_rotate", &asked(id)).await.unwrap();
        assert_eq!(core.warnings.pop().unwrap().summary, summary);
    }
    // Nothing ends where the new secret could not be sealed.
    let (id, secret) = issued(&talos).await;
    let (_, stop) = core.invoke("ory_api_key_rotate", &json!({ "key_id": id, "seal_to": "nobody" })).await.unwrap_err();
    assert!(stop.says("public RSA key") && talos.verify(&secret).await["is_valid"] == true, "{stop:?}");
    // A rotation whose answer got lost is not sent again: nobody would hear of the key between.
    talos.proxy.then(&format!("POST {ISSUED}/{id}:rotate"), Fault::LoseAnswer);
    let (_, stop) = core.invoke("ory_api_key_rotate", &asked(&id)).await.unwrap_err();
    assert!(stop.says("the secret of its replacement was lost"), "{stop:?}");
    assert_eq!(talos.asked(":rotate").iter().filter(|(line, _)| line.contains(&id)).count(), 1);
}

/// The server writes down when a key was last used, about once a day: nobody planned that, and nobody has to.
#[tokio::test]
async fn use_of_a_key_is_no_drift() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let config = |name: &str| json!({ "name": name, "actor_id": "a" });
    let mut thing = core.thing("ory_api_key");
    core.apply(&mut thing, &config("n")).await.unwrap();
    let secret = attr(&thing, "secret").as_str().unwrap().to_owned();
    assert_eq!(attr(&thing, "last_used_time"), Json::Null);
    assert_eq!(talos.verify(&secret).await["is_valid"], true);
    assert_eq!(core.plan(&thing, &config("n")).await.unwrap().action, Action::NoOp);
    assert_eq!(core.apply(&mut thing, &config("m")).await.unwrap(), Action::Update);
    // It is used for the first time after the plan was made: the answer tells of it.
    let mut thing = core.thing("ory_api_key");
    core.apply(&mut thing, &config("n")).await.unwrap();
    let planned = core.plan(&thing, &config("m")).await.unwrap();
    talos.verify(attr(&thing, "secret").as_str().unwrap()).await;
    assert_eq!(core.carry_out(&mut thing, planned, &config("m")).await.unwrap(), Action::Update);
    assert!(core.warnings.is_empty() && attr(&thing, "last_used_time").is_string(), "{:?}", core.warnings);
    core.settled(&thing, &config("m")).await.unwrap();

    let mut host = talos.host().await;
    let program = |name: &str| json!({ "name": name, "actorId": "a" });
    host.up(&token("api_key"), "it", &program("n")).await.unwrap();
    let secret = plain(&host.state["it"].outputs["secret"]).as_str().unwrap().to_owned();
    assert_eq!(talos.verify(&secret).await["is_valid"], true);
    assert_eq!(host.up(&token("api_key"), "it", &program("n")).await.unwrap().done, Done::Nothing);
    assert_eq!(host.up(&token("api_key"), "it", &program("m")).await.unwrap().done, Done::Updated);
    let seen = host.refresh("it").await.unwrap().unwrap();
    assert_eq!(seen.changes(), DiffChanges::DiffNone, "{:?}", seen.diffs);
}

//! Requests, and the results of the data sources: with the traps of the service, each by its number in the list of
//! traps.

use super::{IMPORTED, ISSUED, Recipient, Talos};
use crate::{
    ory::queries::Faces,
    support::faults::Fault,
    terraform::core::{Action, Thing},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use janiform::emulator::talos::Settings;
use serde_json::{Value as Json, json};

fn attr(thing: &Thing, name: &str) -> Json {
    thing.state.as_ref().unwrap().value.get(name).to_json()
}

#[tokio::test]
async fn an_update_names_what_it_changes_and_sends_the_key_itself() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let config = |more: Json| {
        let mut config = json!({ "name": "n", "actor_id": "a", "scopes": ["read"], "ttl": "48h" });
        config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        config
    };
    let mut thing = core.thing("ory_api_key");
    let first = config(
        json!({ "metadata": "{\"a\":1}", "rate_limit": { "quota": 9_007_199_254_740_993_i64, "window": "1m" }, "allowed_cidrs": ["10.0.0.0/8"] }),
    );
    core.apply(&mut thing, &first).await.unwrap();
    // 3. What has 64 bits is a text, and times are whole seconds.
    let sent = &talos.asked(&format!("POST {ISSUED}"))[0].1;
    assert_eq!(sent["rate_limit_policy"], json!({ "quota": "9007199254740993", "window": "60s" }));
    assert_eq!((&sent["ttl"], &sent["visibility"]), (&json!("172800s"), &json!("KEY_VISIBILITY_SECRET")));
    // Somebody else changes what this does not.
    let id = attr(&thing, "id").as_str().unwrap().to_owned();
    let renamed =
        config(json!({ "name": "m", "metadata": "{\"a\":2}", "rate_limit": first["rate_limit"], "allowed_cidrs": ["10.0.0.0/8"] }));
    assert_eq!(core.apply(&mut thing, &renamed).await.unwrap(), Action::Update);
    let (line, body) = &talos.asked("PATCH")[0];
    // 1.
    assert_eq!(
        (line.as_str(), body),
        (&*format!("PATCH {ISSUED}/{id}?update_mask=name%2Cmetadata"), &json!({ "name": "m", "metadata": { "a": 2 } }))
    );
    // What is not configured any more is named, and not there.
    let bare = config(json!({ "scopes": [], "name": "m" }));
    assert_eq!(core.apply(&mut thing, &bare).await.unwrap(), Action::Update);
    let (line, body) = &talos.asked("PATCH")[0];
    let mask = "scopes%2Cmetadata%2Crate_limit_policy%2Cip_restriction";
    assert_eq!((line.as_str(), body), (&*format!("PATCH {ISSUED}/{id}?update_mask={mask}"), &json!({ "scopes": [] })));
    core.settled(&thing, &bare).await.unwrap();
    let held = talos.key(ISSUED, &id).await;
    assert_eq!((&held["scopes"], &held["rate_limit_policy"], &held["ip_restriction"]), (&json!([]), &Json::Null, &Json::Null));
    core.destroy(&mut thing).await.unwrap();
    // The colon of a verb is itself.
    assert_eq!(talos.asked(":revoke")[0], (format!("POST {ISSUED}/{id}:revoke"), json!({ "reason": "REVOCATION_REASON_SUPERSEDED" })));
}

/// 2. What the server drops without a word, the provider names.
#[tokio::test]
async fn a_value_that_the_server_drops_is_reported() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let config = json!({ "name": "n", "actor_id": "a", "scopes": ["read"] });
    let (_, mut told) = talos.ask("POST", ISSUED, &json!({ "name": "n", "actor_id": "a" })).await;
    told["issued_api_key"]["scopes"] = json!([]);
    let told: &'static str = Box::leak(told.to_string().into_boxed_str());
    talos.proxy.then(&format!("POST {ISSUED}"), Fault::Answer(201, "application/json", told));
    let mut thing = core.thing("ory_api_key");
    core.apply(&mut thing, &config).await.unwrap();
    let said: Vec<_> = core.warnings.iter().map(|warning| warning.summary.as_str()).collect();
    assert_eq!(said, ["The server changed scopes"]);
}

/// 4. Null, nothing and not there are one, in whatever form a version of the server has them.
#[tokio::test]
async fn different_forms_of_unset_are_no_change() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let config = json!({ "name": "n", "actor_id": "a" });
    let mut thing = core.thing("ory_api_key");
    core.apply(&mut thing, &config).await.unwrap();
    let id = attr(&thing, "id").as_str().unwrap().to_owned();
    let whole = talos.key(ISSUED, &id).await;
    for nothing in [
        json!({ "scopes": null, "metadata": null, "rate_limit_policy": { "quota": "0", "window": "0s", "unit": "" }, "ip_restriction": { "allowed_cidrs": [] } }),
        json!({ "visibility": "KEY_VISIBILITY_UNSPECIFIED", "last_used_time": "", "revocation_description": null }),
    ] {
        let mut told = whole.clone();
        told.as_object_mut().unwrap().extend(nothing.as_object().unwrap().clone());
        told.as_object_mut().unwrap().retain(|name, value| name != "last_used_time" || !value.is_string());
        let told: &'static str = Box::leak(told.to_string().into_boxed_str());
        talos.proxy.then(&format!("GET {ISSUED}/{id}"), Fault::Answer(200, "application/json", told));
        assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::NoOp, "{nothing}");
    }
}

/// What only the owner of the private key can read is in the state, and nothing else of the secret.
#[tokio::test]
async fn only_the_recipient_can_open_a_sealed_secret() {
    let talos = Talos::new().await;
    let mut core = talos.core().await;
    let recipient = Recipient::new();
    let pem = recipient.pem.clone();
    let config = json!({ "name": "n", "actor_id": "a", "seal_to": pem });
    let mut thing = core.thing("ory_api_key");
    core.apply(&mut thing, &config).await.unwrap();
    core.settled(&thing, &config).await.unwrap();
    assert_eq!(attr(&thing, "secret"), Json::Null);
    let sealed = attr(&thing, "sealed_secret").as_str().unwrap().to_owned();
    let header = BASE64_URL_SAFE_NO_PAD.decode(sealed.split('.').next().unwrap()).unwrap();
    let header: Json = serde_json::from_slice(&header).unwrap();
    assert_eq!(header, json!({ "alg": "RSA-OAEP-256", "enc": "A256GCM" }));
    let secret = recipient.opens(&sealed);
    assert_eq!(talos.verify(&secret).await["key_id"], attr(&thing, "id"));
    let state = &thing.state.as_ref().unwrap().json;
    assert!(!state.contains(&secret), "the state has it");

    let mut host = talos.host().await;
    let program = json!({ "name": "n", "actorId": "a", "sealTo": pem });
    host.up(&super::token("api_key"), "it", &program).await.unwrap();
    let outputs = &host.state["it"].outputs;
    assert!(outputs.get("secret").is_none_or(Json::is_null) && outputs["sealedSecret"].as_str().unwrap().split('.').count() == 5);
    for wrong in [
        json!("-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----"),
        json!(r#"{"kty":"RSA","n":"AQAB","e":"AQAB"}"#),
        json!(r#"{"kty":"EC"}"#),
        json!("age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p"),
    ] {
        let config = json!({ "name": "n", "actor_id": "a", "seal_to": wrong });
        assert!(core.validate("ory_api_key", &config).await.is_err(), "{wrong}");
    }
}

#[tokio::test]
async fn data_sources_show_existing_keys() {
    let talos = Talos::new().await;
    for (name, actor) in [("n1", "a"), ("n2", "a"), ("n3", "b\"c")] {
        talos.ask("POST", ISSUED, &json!({ "name": name, "actor_id": actor })).await;
        talos.ask("POST", IMPORTED, &json!({ "name": name, "actor_id": actor, "raw_key": name })).await;
    }
    for path in [ISSUED, IMPORTED] {
        let first = talos.keys(path).await.into_iter().find(|key| key["name"] == "n1").unwrap();
        talos.revoke(path, first["key_id"].as_str().unwrap(), "SUPERSEDED").await;
    }
    let mut faces = Faces::with(talos.provider()).await;
    for (query, path) in [("api_keys", ISSUED), ("imported_api_keys", IMPORTED)] {
        talos.proxy.asked();
        for (asked, names, filter) in [
            (json!({}), vec!["n1", "n2", "n3"], None),
            (json!({ "actor_id": "a" }), vec!["n1", "n2"], Some("actor_id%3D%22a%22")),
            (json!({ "actor_id": "a", "status": "active" }), vec!["n2"], Some("actor_id%3D%22a%22+AND+status%3DKEY_STATUS_ACTIVE")),
            // Of expiry the server may not know.
            (json!({ "actor_id": "a", "status": "expired" }), vec![], Some("actor_id%3D%22a%22")),
            // 10. A status alone it refuses.
            (json!({ "status": "revoked" }), vec!["n1"], None),
            // How it reads a quotation mark, it does not say.
            (json!({ "actor_id": "b\"c" }), vec!["n3"], None),
        ] {
            let found = faces.ask(query, &asked).await;
            let mut found: Vec<_> = found[query].as_array().unwrap().iter().map(|key| key["name"].as_str().unwrap().to_owned()).collect();
            found.sort();
            assert_eq!(found, names, "{query} {asked}");
            for (line, _) in talos.asked(path) {
                assert_eq!(line.split("filter=").nth(1).map(|rest| rest.split('&').next().unwrap()), filter, "{line}");
            }
        }
    }
    // 12. What clients for key sets understand.
    let set = faces.ask("api_key_jwks", &json!({})).await;
    let jwks: Json = serde_json::from_str(set["jwks"].as_str().unwrap()).unwrap();
    assert_eq!((&jwks["keys"][0]["kty"], set["key_ids"][0].clone()), (&json!("OKP"), jwks["keys"][0]["kid"].clone()));
    assert_eq!(serde_json::from_str::<Json>(set["keys"][0].as_str().unwrap()).unwrap(), jwks["keys"][0]);
}

/// 6, 7 and 14: what a key is worth, only its verification tells.
#[tokio::test]
async fn a_verification_shows_whether_a_key_is_valid() {
    let talos = Talos::new().await;
    let mut faces = Faces::with(talos.provider()).await;
    let (_, made) = talos.ask("POST", ISSUED, &json!({ "name": "n", "actor_id": "a", "scopes": ["read"], "metadata": { "b": 1 } })).await;
    let secret = made["secret"].as_str().unwrap().to_owned();
    let good = faces.ask("api_key_verification", &json!({ "credential": secret })).await;
    for (name, value) in [
        ("is_valid", json!(true)),
        ("error_code", Json::Null),
        ("key_id", made["issued_api_key"]["key_id"].clone()),
        ("actor_id", json!("a")),
        ("scopes", json!(["read"])),
        ("metadata", json!(r#"{"b":1}"#)),
        ("visibility", json!("secret")),
    ] {
        assert_eq!(good[name], value, "{name}");
    }
    let derive = json!({ "credential": secret, "audiences": ["orders"] });
    let (_, told) = talos.ask("POST", "/v2alpha1/admin/apiKeys:derive", &derive).await;
    let token = told["token"]["token"].clone();
    for (asked, code) in [
        (json!({ "credential": token }), json!("audience_mismatch")),
        (json!({ "credential": token, "expected_audiences": ["orders", "other"] }), Json::Null),
        (json!({ "credential": secret, "expected_audiences": ["orders"] }), json!("audience_mismatch")),
        (json!({ "credential": "nobody-s" }), json!("not_found")),
    ] {
        let told = faces.ask("api_key_verification", &asked).await;
        assert_eq!((&told["error_code"], &told["is_valid"]), (&code, &json!(code.is_null())), "{asked}");
        assert!(told["is_valid"] == true || told["key_id"].is_null() && told["scopes"].is_null(), "{told}");
    }
    // What an error repeats of it is not shown, in whatever form.
    talos.proxy.then("POST /v2alpha1/admin/apiKeys:verify", Fault::Echo(400)).then("POST /v2alpha1/admin/apiKeys:verify", Fault::Echo(400));
    let stop = faces.core.data("ory_api_key_verification", &json!({ "credential": secret })).await.unwrap_err();
    assert!(!format!("{stop:?}").contains(&secret), "{stop:?}");
    assert!(faces.core.data("ory_api_key_verification", &json!({ "credential": "" })).await.is_err());
}

/// 11. What is refused is said by its own word, whatever the other codes are.
#[tokio::test]
async fn refusals_have_different_explanations() {
    let talos = Talos::with(Settings { most_keys: Some(1), ..Settings::default() }).await;
    let mut core = talos.core().await;
    let config = |ttl: Option<&str>| json!({ "name": "n", "actor_id": "a", "ttl": ttl });
    let mut new = core.thing("ory_api_key");
    let stop = core.apply(&mut new, &config(None)).await.unwrap_err();
    assert!(stop.says("ttl is required"), "{stop:?}");
    let mut thing = core.thing("ory_api_key");
    core.apply(&mut thing, &config(Some("1h"))).await.unwrap();
    let stop = core.apply(&mut new, &config(Some("1h"))).await.unwrap_err();
    assert!(stop.says("The plan allows no more active API keys") && stop.says("API_KEY_QUOTA_EXCEEDED"), "{stop:?}");
    // What a router or a tenancy says of a path or a host is no word about a key.
    let id = attr(&thing, "id").as_str().unwrap().to_owned();
    for (told, is_gone) in [
        (r#"{"code":5,"message":"Not Found","details":[]}"#, false),
        (r#"{"error":{"code":404,"message":"unknown host","status":"NOT_FOUND","details":[]}}"#, false),
        (r#"{"code":5,"message":"API key not found","details":[]}"#, true),
        (super::GONE, true),
    ] {
        talos.proxy.then(&format!("GET {ISSUED}/{id}"), Fault::Answer(404, "application/json", told));
        match core.plan(&thing, &config(Some("1h"))).await {
            Ok(planned) => assert!(is_gone && planned.action == Action::Create, "{told}"),
            Err(stop) => assert!(!is_gone && stop.says("was not reached"), "{told}: {stop:?}"),
        }
    }
}

/// 16. The version that is spoken is not stable: in the provider it stands in one place.
#[test]
fn the_api_version_is_in_one_place() {
    fn search(dir: &std::path::Path, found: &mut Vec<String>) {
        for entry in std::fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()) {
            if entry.is_dir() {
                search(&entry, found);
            } else if std::fs::read_to_string(&entry).is_ok_and(|text| text.contains("v2alpha1")) {
                found.push(entry.file_name().unwrap().to_string_lossy().into_owned());
            }
        }
    }
    let mut found = Vec::new();
    search(&std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/ory"), &mut found);
    assert_eq!(found, ["talos.rs"]);
}

//! Guards against changes that their authors do not intend: protection and advice.

use super::lifecycle::{Hydra, provider};
use crate::{
    pulumi::{Recorder, engine::Host, every::spell},
    support::{object, stored},
    terraform::core::Core,
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use janiform::{
    emulator::{self, Options},
    engine::{Engine, Severity, validate},
    frontends::pulumi::Server,
    ory::{
        ORY,
        resources::{json_web_key_set, oauth2_client, oidc_dynamic_client},
    },
    schema::{Guards, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

#[test]
fn every_resource_can_be_protected() {
    // What becomes of settings when their resource goes is for `on_destroy` to say.
    let is_settings = |name: &str| ["project_config", "project_raw_config"].contains(&name);
    for entry in ORY.resources().filter(|entry| !is_settings(entry.resource.name)) {
        assert!(entry.resource.guard(Guards::Deletion).is_some(), "{}", entry.resource.name);
    }
}

const CLIENT: &str = "ory:index/oauth2Client:Oauth2Client";

fn client(id: &str, protected: bool) -> Json {
    json!({ "client_id": id, "client_name": "it", "deletion_protection": protected })
}

#[tokio::test]
async fn a_protected_object_is_not_replaced_under_terraform() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let hydra = Hydra::at(&emulator.url());
    let mut core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
    let mut thing = core.thing("ory_oauth2_client");
    core.apply(&mut thing, &client("old", true)).await.unwrap();
    // What the configuration says counts once it was applied.
    for protected in [true, false] {
        let stop = core.plan(&thing, &client("new", protected)).await.unwrap_err();
        assert!(stop.says("so it is not replaced"), "{stop:?}");
    }
    core.apply(&mut thing, &client("old", false)).await.unwrap();
    core.apply(&mut thing, &client("new", false)).await.unwrap();
    assert!(hydra.get("old").await.is_none() && hydra.get("new").await.is_some());
}

#[tokio::test]
async fn a_protected_object_is_not_replaced_under_pulumi() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let hydra = Hydra::at(&emulator.url());
    let said = Arc::new(Recorder::default());
    let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), said.clone(), Arc::new(|_| None))).await;
    host.configure(spell(ORY.config, &provider(&emulator.url(), &emulator.url()))).await.unwrap();
    let program = |id, protected| spell(&oauth2_client::RESOURCE.table, &client(id, protected));
    host.up(CLIENT, "it", &program("old", true)).await.unwrap();
    // The preview says so; the update makes nothing before the deletion is refused.
    host.preview(CLIENT, "it", &program("new", false)).await.unwrap();
    assert!(said.warnings().iter().any(|warning| warning.contains("so it is not replaced")));
    let stop = host.up(CLIENT, "it", &program("new", false)).await.unwrap_err();
    assert!(format!("{stop:?}").contains("is protected"), "{stop:?}");
    assert!(hydra.get("old").await.is_some() && hydra.get("new").await.is_none());
    // A refresh is none of it.
    host.refresh("it").await.unwrap();
    host.up(CLIENT, "it", &program("old", false)).await.unwrap();
    host.up(CLIENT, "it", &program("new", false)).await.unwrap();
    assert!(hydra.get("old").await.is_none() && hydra.get("new").await.is_some());
}

const GUIDE: &str = include_str!("../../../docs/guides/guard-rails.md");

/// What each piece of advice is about, and what is close to it and fine.
fn unwise(name: &str) -> (Json, Json) {
    let rsa = |bits: usize| {
        let key = json!({ "kty": "RSA", "kid": "k", "use": "sig", "alg": "RS256", "e": "AQAB", "n": BASE64_URL_SAFE_NO_PAD.encode(vec![255; bits / 8]) });
        Json::String(json!({ "keys": [key] }).to_string())
    };
    match name {
        "implicit_grant" => (json!({ "response_types": ["id_token token"] }), json!({ "response_types": ["code id_token"] })),
        "password_grant" => (json!({ "grant_types": ["password"] }), json!({ "grant_types": ["authorization_code"] })),
        "plain_http_redirect" => (
            json!({ "redirect_uris": ["http://app.example/back"] }),
            json!({ "redirect_uris": ["http://[::1]:80/back", "http://localhost/", "https://app.example/", "com.example.app:/back"] }),
        ),
        "wildcard_origin" => {
            (json!({ "allowed_cors_origins": ["https://*.example"] }), json!({ "allowed_cors_origins": ["https://a.example"] }))
        }
        "public_client_credentials" => (
            json!({ "grant_types": ["client_credentials"], "token_endpoint_auth_method": "none" }),
            json!({ "grant_types": ["client_credentials"] }),
        ),
        "long_lifespan" => (
            json!({ "client_credentials_grant_access_token_lifespan": "24h0m1s" }),
            json!({ "client_credentials_grant_access_token_lifespan": "24h", "refresh_token_grant_refresh_token_lifespan": "9999h" }),
        ),
        "comma_scope" => (json!({ "scope": "read,write offline" }), json!({ "scope": "read write" })),
        "small_key" => (json!({ "jwks": rsa(1024) }), json!({ "jwks": rsa(2048) })),
        other => panic!("say what {other} is about"),
    }
}

fn advice(resource: &'static Resource, more: &Json) -> Vec<String> {
    let mut config = match resource.name {
        "json_web_key_set" => json!({ "set_id": "s" }),
        _ => json!({ "client_name": "it" }),
    };
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    let set: Vec<(&str, Value)> = config
        .as_object()
        .unwrap()
        .iter()
        .map(|(name, value)| {
            let attr = resource.table.attrs().find(|attr| attr.name == name).unwrap();
            (attr.name, stored::kind_from_json(&attr.kind, value).unwrap())
        })
        .collect();
    let found = validate(resource, &object(resource, &set)).into_iter();
    found.filter(|told| told.severity == Severity::Warning && told.detail.contains("`ignore_advice`")).map(|told| told.detail).collect()
}

#[test]
fn advice_is_given_once_and_can_be_turned_down() {
    for resource in [&oauth2_client::RESOURCE, &oidc_dynamic_client::RESOURCE, &json_web_key_set::RESOURCE] {
        assert!(!resource.advice.is_empty());
        for piece in resource.advice {
            assert!(GUIDE.contains(&format!("| `{}` |", piece.name)), "{} is not in the guide", piece.name);
            let (mut unwise, wise) = unwise(piece.name);
            assert_eq!(advice(resource, &wise), Vec::<String>::new(), "{}", piece.name);
            let given = advice(resource, &unwise);
            assert!(
                given.len() == 1 && given[0].contains(&format!("`{}`", piece.name)) && given[0].contains("RFC "),
                "{}: {given:?}",
                piece.name
            );
            unwise["ignore_advice"] = json!(["another", piece.name]);
            assert_eq!(advice(resource, &unwise), Vec::<String>::new(), "{}", piece.name);
        }
    }
}

#[tokio::test]
async fn a_client_that_becomes_public_is_a_warning() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let mut core = Core::direct(&ORY, provider(&emulator.url(), &emulator.url())).await.unwrap();
    let mut thing = core.thing("ory_oauth2_client");
    core.apply(&mut thing, &json!({ "client_name": "it" })).await.unwrap();
    core.plan(&thing, &json!({ "client_name": "other" })).await.unwrap();
    let told = |core: &Core| core.warnings.iter().any(|warning| warning.summary == "A confidential client becomes public");
    assert!(!told(&core));
    core.plan(&thing, &json!({ "client_name": "it", "token_endpoint_auth_method": "none" })).await.unwrap();
    assert!(told(&core));
}

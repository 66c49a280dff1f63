//! Imported second factors and passkeys, removed kinds of credentials, regions, and the look-up by an
//! identifier: features that Ory Network has and no release of Ory Kratos yet, and the releases' answers to them.

use super::{
    identity_lives::{Identities, known as released, kratos, provider},
    queries::Faces,
};
use crate::{
    pulumi::{
        Recorder,
        engine::Host,
        every::{live_ways, spell},
    },
    support::{
        self,
        faults::{Fault, Proxy},
    },
    terraform::{
        core::{Action, Core, Stop, Thing},
        lifecycle::Lifecycle,
        samples::Way,
    },
};
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::Engine,
    frontends::pulumi::Server,
    ory::{ORY, resources::identity::RESOURCE},
    schema::Attr,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const TYPE: &str = "ory_identity";
const TOKEN: &str = "ory:index/identity:Identity";
const URL: &str = "otpauth://totp/Example:ann?secret=CANARYTOTPONE2345";
const OTHER: &str = "otpauth://totp/Example:ann?secret=CANARYTOTPTWO2345";

/// As Ory Network is.
async fn network() -> Running {
    emulator::start(Options { unreleased: true, ..Options::default() }).await.unwrap()
}

/// The credentials that Kratos keeps, secrets and all.
async fn kept(url: &str, id: &str) -> Json {
    let kinds = ["totp", "lookup_secret", "webauthn", "passkey"].map(|kind| format!("include_credential={kind}")).join("&");
    let body = crate::support::client().get(format!("{url}/admin/identities/{id}?{kinds}")).send().await.unwrap().text().await.unwrap();
    serde_json::from_str::<Json>(&body).unwrap()["credentials"].clone()
}

fn key(id: &str) -> Json {
    json!({ "id": id, "public_key": "pQECAyYg", "display_name": id, "flags": { "backup_eligible": true } })
}

fn ann(more: Json) -> Json {
    let mut config = json!({ "schema_id": "default", "traits": r#"{"email":"ann@example.com"}"#, "password": "plain-Text-pw-9911" });
    config.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    config
}

/// What the tables cannot say of what no release has.
fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "schema_id" => vec![json!("default")],
        "totp" => vec![json!({ "url": URL }), json!({ "url": OTHER })],
        "lookup_secret" => vec![json!({ "codes": ["code-1", "code-2"] }), json!({ "codes": ["code-3"] })],
        "webauthn" => {
            vec![json!({ "user_handle": "YW5u", "credentials": [key("a2V5")] }), json!({ "credentials": [key("a2V5"), key("b25l")] })]
        }
        // One that is removed stays, so that an addition is what can be seen.
        "passkey" => vec![
            json!({ "user_handle": "YW5u", "credentials": [key("a2V5")] }),
            json!({ "user_handle": "YW5u", "credentials": [key("a2V5"), key("b25l")] }),
        ],
        "removed_credentials" => vec![json!(["webauthn", "totp"]), json!(["lookup_secret"])],
        "region" => vec![json!("eu-central"), json!("us")],
        _ => return released(name),
    })
}

fn is_new(attr: &Attr) -> bool {
    matches!(attr.name, "totp" | "lookup_secret" | "webauthn" | "passkey" | "removed_credentials" | "region")
}

#[tokio::test]
async fn every_new_attribute_lives_under_terraform() {
    let emulator = network().await;
    let mut core = Core::direct(&ORY, provider(&emulator.url())).await.unwrap();
    let backdoor = Identities::at(&emulator.url());
    let way = Way::only(&RESOURCE, known);
    let (runs, failures) = Lifecycle::on(&mut core, &backdoor, "ory", &RESOURCE, &way).only(is_new).without_the_whole().run().await;
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 20, "only {runs} ran");
}

/// Only what is new: the rest lives in `identity_lives`.
fn only_new(name: &str) -> Option<Vec<Json>> {
    match name {
        "schema_id" | "traits" | "totp" | "lookup_secret" | "webauthn" | "passkey" | "removed_credentials" | "region" => known(name),
        _ => Some(vec![]),
    }
}

#[tokio::test]
async fn every_new_attribute_lives_under_pulumi() {
    let emulator = network().await;
    let config = spell(ORY.config, &provider(&emulator.url()));
    let runs = live_ways(&ORY, config, &Identities::at(&emulator.url()), &[Way::only(&RESOURCE, only_new)]).await;
    assert!(runs > 20, "only {runs} ran");
}

struct Setup {
    core: Core,
    thing: Thing,
    proxy: Proxy,
    emulator: Running,
}

impl Setup {
    async fn on(emulator: Running) -> Setup {
        let proxy = Proxy::to(&emulator.url()).await;
        let core = Core::direct(&ORY, provider(&proxy.url())).await.unwrap();
        let thing = core.thing(TYPE);
        Setup { core, thing, proxy, emulator }
    }

    async fn apply(&mut self, more: Json) -> Action {
        let done = self.core.apply(&mut self.thing, &ann(more.clone())).await.unwrap();
        self.core.settled(&self.thing, &ann(more)).await.unwrap();
        done
    }

    async fn fails(&mut self, more: Json) -> Stop {
        self.core.apply(&mut self.thing, &ann(more)).await.unwrap_err()
    }

    fn id(&self) -> String {
        self.thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned()
    }

    async fn kept(&self) -> Json {
        kept(&self.emulator.url(), &self.id()).await
    }

    async fn codes(&self) -> Vec<String> {
        let kept = self.kept().await;
        let codes = kept["lookup_secret"]["config"]["recovery_codes"].as_array().cloned().unwrap_or_default();
        codes.iter().map(|code| code["code"].as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn imported_credentials_are_on_the_server_until_they_are_removed() {
    let mut setup = Setup::on(network().await).await;
    // The alphabet of URLs, and no padding: what browsers give.
    let all = json!({
        "totp": { "url": URL },
        "lookup_secret": { "codes": ["code-1", "code-2"] },
        "webauthn": { "user_handle": "YW5u", "credentials": [{ "id": "-_8", "public_key": "pQEC", "transport": ["usb"], "attestation_type": "none", "added_at": "2026-01-02T03:04:05Z", "authenticator": { "aaguid": "AAAAAAAAAAAAAAAAAAAAAA", "sign_count": 3, "clone_warning": false }, "flags": { "user_present": true, "user_verified": true, "backup_eligible": false, "backup_state": false } }] },
        "passkey": { "user_handle": "YW5u", "credentials": [key("a2V5")] },
    });
    assert_eq!(setup.apply(all.clone()).await, Action::Create);
    let kept = setup.kept().await;
    assert_eq!((&kept["totp"]["config"]["totp_url"], &kept["totp"]["identifiers"]), (&json!(URL), &json!([setup.id()])));
    assert_eq!(setup.codes().await, ["code-1", "code-2"]);
    let made = &kept["webauthn"]["config"]["credentials"][0];
    assert_eq!((&made["id"], &made["is_passwordless"], &made["transport"]), (&json!("+/8="), &json!(false), &json!(["usb"])));
    assert_eq!(made["authenticator"], json!({ "aaguid": "AAAAAAAAAAAAAAAAAAAAAA==", "sign_count": 3, "clone_warning": false }));
    let passkey = &kept["passkey"];
    assert_eq!(passkey["config"]["credentials"][0]["is_passwordless"], true);
    assert_eq!((&passkey["config"]["user_handle"], &passkey["identifiers"]), (&json!("YW5u"), &json!(["ann"])));
    assert_eq!(setup.apply(all.clone()).await, Action::NoOp);

    let mut other = all.clone();
    (other["totp"]["url"], other["lookup_secret"]["codes"]) = (json!(OTHER), json!(["code-3"]));
    assert_eq!(setup.apply(other).await, Action::Update);
    assert_eq!(setup.kept().await["totp"]["config"]["totp_url"], OTHER);
    assert_eq!(setup.codes().await, ["code-3"], "the server would have added it to the others");

    assert_eq!(setup.apply(json!({ "passkey": all["passkey"] })).await, Action::Update);
    let kept = setup.kept().await;
    assert!(["totp", "lookup_secret", "webauthn"].iter().all(|kind| kept[kind].is_null()), "{kept}");
    assert!(kept["passkey"].is_object() && kept["password"].is_object());
    setup.core.warnings.clear();
    assert_eq!(setup.apply(json!({})).await, Action::Update);
    assert!(setup.core.warnings.iter().any(|one| one.detail.contains("Ory cannot remove a passkey")), "{:?}", setup.core.warnings);
    assert!(setup.kept().await["passkey"].is_object());
}

#[tokio::test]
async fn write_only_credentials_are_sent_when_their_version_changes() {
    let emulator = network().await;
    let url = emulator.url();
    let config = |number: u8, version: &str| {
        ann(json!({
            "totp": { "url_wo": format!("{URL}{number}"), "url_wo_version": version },
            "lookup_secret": { "codes_wo": [format!("canary-code-{number}")], "codes_wo_version": version },
        }))
    };
    let mut core = Core::direct(&ORY, provider(&url)).await.unwrap();
    let mut thing = core.thing(TYPE);
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server).await;
    host.configure(spell(ORY.config, &provider(&url))).await.unwrap();
    for face in ["terraform", "pulumi"] {
        for (number, version) in [(1, "1"), (2, "2")] {
            let config = config(number, version);
            let id = if face == "terraform" {
                core.apply(&mut thing, &config).await.unwrap();
                core.settled(&thing, &config).await.unwrap();
                let state = thing.state.as_ref().unwrap();
                assert!(!state.json.to_lowercase().contains("canary"), "{}", state.json);
                assert!(!String::from_utf8_lossy(&state.private).to_lowercase().contains("canary"));
                state.value.get("id").text().unwrap().to_owned()
            } else {
                host.up(TOKEN, "it", &spell(&RESOURCE.table, &config)).await.unwrap();
                assert!(!host.state["it"].outputs.to_string().to_lowercase().contains("canary"));
                host.state["it"].id.clone()
            };
            let kept = kept(&url, &id).await;
            assert_eq!(kept["totp"]["config"]["totp_url"], format!("{URL}{number}"), "{face}");
            let codes = kept["lookup_secret"]["config"]["recovery_codes"].as_array().unwrap().clone();
            assert_eq!((codes.len(), &codes[0]["code"]), (1, &json!(format!("canary-code-{number}"))), "{face}");
        }
        if face == "terraform" {
            core.destroy(&mut thing).await.unwrap();
        } else {
            host.destroy().await.unwrap();
        }
    }
}

#[tokio::test]
async fn no_error_contains_a_secret() {
    let mut setup = Setup::on(network().await).await;
    setup.apply(json!({})).await;
    let all = json!({ "totp": { "url": URL }, "lookup_secret": { "codes": ["canary-code-1"] } });
    for request in ["PUT /admin/identities/", "DELETE /admin/identities/"] {
        setup.proxy.clear();
        setup.proxy.then(request, Fault::Echo(400));
        let stop = setup.fails(all.clone()).await;
        let said = stop.text().to_lowercase();
        assert!(setup.proxy.unused() == 0 && !said.contains("canary"), "{request}: {said}");
    }
    // What failed half-way is finished by the next apply.
    assert_eq!(setup.apply(all).await, Action::Update);
    assert_eq!(setup.codes().await, ["canary-code-1"]);
}

#[tokio::test]
async fn a_lost_answer_doubles_no_code() {
    let mut setup = Setup::on(network().await).await;
    setup.apply(json!({ "lookup_secret": { "codes": ["code-1"] } })).await;
    // The first one is the update of the rest, of which there is none.
    for fault in [Fault::LoseAnswer, Fault::LoseRequest] {
        setup.proxy.then("PUT /admin/identities/", fault);
    }
    assert_eq!(setup.apply(json!({ "lookup_secret": { "codes": ["code-2", "code-3"] } })).await, Action::Update);
    assert_eq!((setup.codes().await, setup.proxy.unused()), (vec!["code-2".to_owned(), "code-3".to_owned()], 0));
}

#[tokio::test]
async fn kinds_of_credentials_are_removed_one_by_one() {
    let mut setup = Setup::on(network().await).await;
    setup.apply(json!({ "oidc": [{ "provider": "github", "subject": "42" }] })).await;
    // Somebody enrols an app and codes.
    let put = json!({ "schema_id": "default", "state": "active", "traits": { "email": "ann@example.com" }, "credentials": {
        "totp": { "config": { "totp_url": URL } }, "lookup_secret": { "config": { "codes": [{ "code": "x" }] } },
    } });
    let url = format!("{}/admin/identities/{}", setup.emulator.url(), setup.id());
    assert_eq!(crate::support::client().put(url).json(&put).send().await.unwrap().status(), 200);
    let oidc = json!([{ "provider": "github", "subject": "42" }]);
    assert_eq!(setup.apply(json!({ "oidc": oidc, "removed_credentials": ["totp"] })).await, Action::Update);
    let kept = setup.kept().await;
    assert!(kept["totp"].is_null() && kept["lookup_secret"].is_object(), "{kept}");
    // The password goes while there is another way to sign in.
    let without = |removed: Json| {
        let mut config = ann(json!({ "oidc": oidc, "removed_credentials": removed }));
        config.as_object_mut().unwrap().remove("password");
        config
    };
    setup.core.apply(&mut setup.thing, &without(json!(["totp", "password"]))).await.unwrap();
    setup.core.settled(&setup.thing, &without(json!(["totp", "password"]))).await.unwrap();
    // Refused by the server, it is tried again.
    setup.proxy.then("DELETE /admin/identities/", Fault::Answer(403, "application/json", r#"{"error":{"code":403,"message":"no"}}"#));
    let all = without(json!(["totp", "password", "lookup_secret"]));
    let stop = setup.core.apply(&mut setup.thing, &all).await.unwrap_err();
    assert!(stop.says("Credentials were not removed"), "{stop:?}");
    assert!(setup.kept().await["lookup_secret"].is_object());
    assert_eq!(setup.core.apply(&mut setup.thing, &all).await.unwrap(), Action::Update);
    assert!(setup.kept().await["lookup_secret"].is_null());
}

/// A create names what the server does not know; an update is taken and ignored, which is seen.
async fn is_told_where_it_is_not_imported(admin: &str, schema: &str) {
    let mut core = Core::direct(&ORY, provider(admin)).await.unwrap();
    let mut config = ann(json!({ "totp": { "url": URL } }));
    config["schema_id"] = json!(schema);
    let stop = core.apply(&mut core.thing(TYPE), &config).await.unwrap_err();
    assert!(stop.says("This version of Ory Kratos does not have the attribute") && !stop.text().contains("CANARY"), "{stop:?}");
    let mut plain = config.clone();
    plain.as_object_mut().unwrap().remove("totp");
    let mut thing = core.thing(TYPE);
    core.apply(&mut thing, &plain).await.unwrap();
    let stop = core.apply(&mut thing, &config).await.unwrap_err();
    assert!(stop.says("Credentials were not imported") && !stop.text().contains("CANARY"), "{stop:?}");
    assert_eq!(core.plan(&thing, &config).await.unwrap().action, Action::Update, "it is tried again");
    core.apply(&mut thing, &plain).await.unwrap();
    core.settled(&thing, &plain).await.unwrap();
    core.destroy(&mut thing).await.unwrap();
}

#[tokio::test]
async fn an_older_release_without_imports_is_reported() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        is_told_where_it_is_not_imported(&kratos(profile).await.url(), "person").await;
    }
}

#[tokio::test]
async fn a_real_kratos_without_imports_is_reported() {
    if let Some(real) = support::kratos().await {
        is_told_where_it_is_not_imported(&real.admin, "default").await;
    }
}

#[tokio::test]
async fn contradictory_factors_are_refused_when_planned() {
    let setup = Setup::on(network().await).await;
    let mut core = setup.core;
    let mere = json!({ "id": "a2V5", "public_key": "pQEC", "is_passwordless": false });
    for (more, text) in [
        (json!({ "totp": {} }), "totp needs one value"),
        (json!({ "totp": { "url": URL, "url_wo": OTHER } }), "totp needs one value"),
        (json!({ "lookup_secret": { "codes": [] } }), "lookup_secret needs one value"),
        (json!({ "passkey": { "user_handle": "YW5u", "credentials": [mere] } }), "A passkey is always passwordless"),
        (json!({ "passkey": { "user_handle": "not base64!", "credentials": [] } }), "bytes in base64"),
        (json!({ "removed_credentials": ["password"] }), "both set and removed"),
        (json!({ "removed_credentials": ["passkey"] }), "Must be one of"),
    ] {
        let stop = core.validate(TYPE, &ann(more.clone())).await.unwrap_err();
        assert!(stop.says(text), "{more}: {stop:?}");
    }
}

#[tokio::test]
async fn an_identity_is_in_its_region_and_moves() {
    let mut setup = Setup::on(network().await).await;
    let region = |setup: &Setup| setup.thing.state.as_ref().unwrap().value.get("region").to_json();
    setup.apply(json!({ "region": "eu-central" })).await;
    let id = setup.id();
    assert_eq!(setup.apply(json!({ "region": "us" })).await, Action::Update);
    assert_eq!((setup.id(), region(&setup)), (id, json!("us")));
    assert_eq!(setup.apply(json!({})).await, Action::NoOp, "the server's word stands");
    assert_eq!(region(&setup), "us");
}

async fn is_found_by_what_it_signs_in_with(admin: &str, schema: &str) {
    let identities = Identities::at(admin);
    let post = |email: &str| json!({ "schema_id": schema, "traits": { "email": email }, "metadata_admin": { "n": 1 } });
    let made = identities.post(&post("by-identifier@example.com")).await;
    identities.post(&post("another@example.com")).await;
    let mut faces = Faces::to(admin).await;
    let found = faces.ask("identity_by_identifier", &json!({ "identifier": "by-identifier@example.com" })).await;
    assert_eq!((&found["id"], &found["schema_id"], &found["state"]), (&made["id"], &json!(schema), &json!("active")));
    assert_eq!(serde_json::from_str::<Json>(found["traits"].as_str().unwrap()).unwrap(), made["traits"]);
    assert_eq!(found["metadata_admin"], r#"{"n":1}"#);
    faces.refused("identity_by_identifier", &json!({ "identifier": "nobody@example.com" }), "No identity found").await;
}

#[tokio::test]
async fn an_identity_is_found_by_its_identifier() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        is_found_by_what_it_signs_in_with(&kratos(profile).await.url(), "person").await;
    }
}

#[tokio::test]
async fn a_real_kratos_finds_an_identity_by_its_identifier() {
    if let Some(real) = support::kratos().await {
        is_found_by_what_it_signs_in_with(&real.admin, "default").await;
    }
}

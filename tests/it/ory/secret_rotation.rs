//! Rotation of secrets of OAuth 2.0 clients, through both faces: when, by which request, and how long the old secret works.

use super::{
    lifecycle::{Hydra, provider},
    queries::Faces,
};
use crate::{
    pulumi::{
        Recorder,
        engine::{Done, Host},
        every::spell,
    },
    support::{
        self,
        faults::{Fault, Proxy},
    },
    terraform::core::{Action, Core, Thing},
};
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::Engine,
    frontends::pulumi::Server,
    ory::{ORY, resources::oauth2_client::RESOURCE},
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

const TYPE: &str = "ory_oauth2_client";
const TOKEN: &str = "ory:index/oauth2Client:Oauth2Client";

/// As Ory Network is: what it has is in no release yet.
async fn network() -> Running {
    emulator::start(Options { unreleased: true, ..Options::default() }).await.unwrap()
}

fn client(rotation: Json) -> Json {
    json!({ "client_id": "c", "client_name": "C", "grant_types": ["client_credentials"], "secret_rotation": rotation })
}

/// Whether an application gets in with this secret.
async fn gets_in(public: &str, secret: &str) -> bool {
    let form = [("grant_type", "client_credentials"), ("client_id", "c"), ("client_secret", secret)];
    let body = url::form_urlencoded::Serializer::new(String::new()).extend_pairs(form).finish();
    let request = crate::support::client().post(format!("{public}/oauth2/token"));
    let request = request.header("content-type", "application/x-www-form-urlencoded").body(body);
    match request.send().await.unwrap().status().as_u16() {
        200 => true,
        401 => false,
        other => panic!("{other}"),
    }
}

/// One client, as one of the tools has it.
#[allow(clippy::large_enum_variant, reason = "there is one at a time")]
enum Face {
    Terraform(Core, Thing),
    Pulumi(Host, Arc<Recorder>),
}

impl Face {
    async fn both(admin: &str, public: &str) -> [Face; 2] {
        let core = Core::direct(&ORY, provider(admin, public)).await.unwrap();
        let thing = core.thing(TYPE);
        let messages = Arc::new(Recorder::default());
        let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), messages.clone(), Arc::new(|_| None))).await;
        host.configure(spell(ORY.config, &provider(admin, public))).await.unwrap();
        [Face::Terraform(core, thing), Face::Pulumi(host, messages)]
    }

    /// Refreshes, as Terraform does by itself; whether something was changed. A second plan is empty.
    async fn apply(&mut self, config: &Json) -> bool {
        match self {
            Face::Terraform(core, thing) => {
                let done = core.apply(thing, config).await.unwrap();
                core.settled(thing, config).await.unwrap();
                done != Action::NoOp
            }
            Face::Pulumi(host, _) => {
                if host.state.contains_key("it") {
                    host.refresh("it").await.unwrap();
                }
                let done = host.up(TOKEN, "it", &spell(&RESOURCE.table, config)).await.unwrap().done;
                done != Done::Nothing
            }
        }
    }

    fn get(&self, name: &str) -> Json {
        match self {
            Face::Terraform(_, thing) => thing.state.as_ref().unwrap().value.get(name).to_json(),
            Face::Pulumi(host, _) => {
                let mut words = name.split('_');
                let first = words.next().unwrap().to_owned();
                let name = words.fold(first, |name, word| name + &word[..1].to_uppercase() + &word[1..]);
                crate::pulumi::wire::plain(&host.state["it"].outputs)[name].clone()
            }
        }
    }

    fn secret(&self) -> String {
        self.get("client_secret").as_str().unwrap().to_owned()
    }

    /// So that the secret was set long ago.
    fn age(&mut self) {
        let long_ago = json!("2001-02-03T04:05:06Z");
        match self {
            Face::Terraform(_, thing) => {
                let state = thing.state.as_mut().unwrap();
                let mut json: Json = serde_json::from_str(&state.json).unwrap();
                json["secret_set_at"] = long_ago;
                state.json = json.to_string();
            }
            Face::Pulumi(host, _) => host.state.get_mut("it").unwrap().outputs["secretSetAt"] = long_ago,
        }
    }

    /// Whether something was warned of that says this.
    fn warned(&mut self, text: &str) -> bool {
        match self {
            Face::Terraform(core, _) => std::mem::take(&mut core.warnings).iter().any(|one| one.summary.contains(text)),
            Face::Pulumi(_, messages) => messages.warnings().iter().any(|one| one.contains(text)),
        }
    }

    /// All that the tool keeps.
    fn kept(&self) -> String {
        match self {
            Face::Terraform(_, thing) => thing.state.as_ref().unwrap().json.clone(),
            Face::Pulumi(host, _) => host.state["it"].outputs.to_string(),
        }
    }

    async fn destroy(&mut self) {
        match self {
            Face::Terraform(core, thing) => core.destroy(thing).await.unwrap(),
            Face::Pulumi(host, _) => host.destroy().await.unwrap(),
        }
    }
}

#[tokio::test]
async fn a_trigger_rotates_and_the_old_secret_works_on_until_it_is_ended() {
    let emulator = network().await;
    let url = emulator.url();
    for mut face in Face::both(&url, &url).await {
        face.apply(&client(json!({ "trigger": "1" }))).await;
        let first = face.secret();
        assert_eq!((face.get("old_secrets"), face.get("rotation_due")), (json!("none"), Json::Null));
        assert!(!face.apply(&client(json!({ "trigger": "1" }))).await);
        assert!(face.apply(&client(json!({ "trigger": "2" }))).await);
        let second = face.secret();
        assert_ne!(first, second);
        assert_eq!(face.get("old_secrets"), "valid");
        assert!(gets_in(&url, &first).await && gets_in(&url, &second).await);
        // Something else changes: neither secret does.
        let mut other = client(json!({ "trigger": "2" }));
        other["client_name"] = json!("D");
        assert!(face.apply(&other).await);
        assert!(face.secret() == second && gets_in(&url, &first).await && gets_in(&url, &second).await);
        assert!(face.apply(&client(json!({ "trigger": "2", "overlap": "0s" }))).await);
        assert_eq!(face.get("old_secrets"), "none");
        assert!(!gets_in(&url, &first).await && gets_in(&url, &second).await);
        // From now on, nothing overlaps.
        assert!(face.apply(&client(json!({ "trigger": "3", "overlap": "0s" }))).await);
        assert!(!gets_in(&url, &second).await && gets_in(&url, &face.secret()).await);
        assert!(face.apply(&client(Json::Null)).await);
        assert_eq!(face.get("old_secrets"), Json::Null);
        face.destroy().await;
    }
}

/// Nothing would end them later.
#[tokio::test]
async fn without_a_rotation_old_secrets_end() {
    let emulator = network().await;
    let url = emulator.url();
    for mut face in Face::both(&url, &url).await {
        face.apply(&client(json!({ "trigger": "1", "overlap": "1h" }))).await;
        let first = face.secret();
        face.apply(&client(json!({ "trigger": "2", "overlap": "1h" }))).await;
        assert!(face.get("old_secrets") == "valid" && gets_in(&url, &first).await);
        let second = face.secret();
        assert!(face.apply(&client(Json::Null)).await && face.warned("The old secrets end"));
        assert_eq!(face.get("old_secrets"), Json::Null);
        assert!(!gets_in(&url, &first).await && gets_in(&url, &second).await);
        face.destroy().await;
    }
    // What an earlier version has left, which did not end them.
    let [mut face, _] = Face::both(&url, &url).await;
    face.apply(&client(json!({ "trigger": "1" }))).await;
    let first = face.secret();
    face.apply(&client(json!({ "trigger": "2" }))).await;
    let Face::Terraform(_, thing) = &mut face else { unreachable!() };
    let state = thing.state.as_mut().unwrap();
    let mut left: Json = serde_json::from_str(&state.json).unwrap();
    (left["secret_rotation"], left["old_secrets"]) = (Json::Null, Json::Null);
    state.json = left.to_string();
    assert!(face.apply(&client(json!({ "overlap": "0s" }))).await);
    assert!(!gets_in(&url, &first).await && gets_in(&url, &face.secret()).await);
}

#[tokio::test]
async fn a_client_that_becomes_public_has_no_secret_any_more() {
    let emulator = network().await;
    let url = emulator.url();
    for mut face in Face::both(&url, &url).await {
        let mut public = client(Json::Null);
        public["grant_types"] = json!(["authorization_code"]);
        public["token_endpoint_auth_method"] = json!("none");
        face.apply(&public).await;
        assert_eq!(face.get("secret_set_at"), Json::Null);
        // Its first secret has no old one.
        face.apply(&client(json!({ "overlap": "1h" }))).await;
        assert_eq!(face.get("old_secrets"), "none");
        let first = face.secret();
        assert!(gets_in(&url, &first).await);
        assert!(face.apply(&public).await);
        assert_eq!((face.get("client_secret"), face.get("secret_set_at")), (Json::Null, Json::Null));
        assert!(!face.kept().contains(&first) && !face.apply(&public).await);
        assert!(face.apply(&client(Json::Null)).await);
        assert!(face.secret() != first && gets_in(&url, &face.secret()).await);
        face.destroy().await;
    }
}

#[tokio::test]
async fn an_expired_period_rotates_and_an_expired_overlap_ends_old_secrets() {
    let emulator = network().await;
    let url = emulator.url();
    let config = client(json!({ "period": "720h", "overlap": "72h" }));
    for mut face in Face::both(&url, &url).await {
        face.apply(&config).await;
        let first = face.secret();
        assert_eq!(face.get("rotation_due"), false);
        assert!(!face.apply(&config).await, "it is not over yet");
        face.age();
        assert!(face.apply(&config).await);
        let second = face.secret();
        assert_eq!((face.get("rotation_due"), face.get("old_secrets")), (json!(false), json!("valid")));
        assert!(first != second && gets_in(&url, &first).await && gets_in(&url, &second).await);
        assert_ne!(face.get("secret_set_at"), "2001-02-03T04:05:06Z");
        assert!(!face.apply(&config).await, "it begins anew");
        // The overlap alone is over: the period has become longer.
        let longer = client(json!({ "period": "1000000h", "overlap": "72h" }));
        assert!(face.apply(&longer).await);
        face.age();
        assert!(face.apply(&longer).await);
        assert_eq!((face.secret(), face.get("old_secrets")), (second.clone(), json!("none")));
        assert!(!gets_in(&url, &first).await && gets_in(&url, &second).await);
        // Both at once: only the secret before works on.
        face.apply(&client(json!({ "trigger": "1", "overlap": "72h" }))).await;
        face.apply(&client(json!({ "trigger": "2", "overlap": "72h" }))).await;
        let third = face.secret();
        face.age();
        face.apply(&client(json!({ "trigger": "3", "overlap": "72h" }))).await;
        assert_eq!(face.get("old_secrets"), "valid");
        assert!(!gets_in(&url, &second).await && gets_in(&url, &third).await && gets_in(&url, &face.secret()).await);
        face.destroy().await;
    }
}

/// A plan and its apply agree although the moment lies between them: both read the state.
#[tokio::test]
async fn only_a_refresh_reads_the_clock() {
    let emulator = network().await;
    let url = emulator.url();
    let config = client(json!({ "period": "1m" }));
    let [mut terraform, mut pulumi] = Face::both(&url, &url).await;
    terraform.apply(&config).await;
    let secret = terraform.secret();
    let Face::Terraform(core, thing) = &mut terraform else { unreachable!() };
    let planned = core.plan(thing, &config).await.unwrap();
    assert_eq!(planned.action, Action::NoOp);
    terraform.age();
    let Face::Terraform(core, thing) = &mut terraform else { unreachable!() };
    let aged = core.plan(thing, &config).await.unwrap();
    assert_eq!(aged.action, Action::Update, "the refresh of this plan saw it");
    // What was planned before the moment is carried out as it was planned.
    assert_eq!(core.carry_out(thing, planned, &config).await.unwrap(), Action::NoOp);
    assert_eq!(terraform.secret(), secret);
    terraform.destroy().await;

    pulumi.apply(&config).await;
    let secret = pulumi.secret();
    pulumi.age();
    let Face::Pulumi(host, _) = &mut pulumi else { unreachable!() };
    let done = host.up(TOKEN, "it", &spell(&RESOURCE.table, &config)).await.unwrap().done;
    assert_eq!(done, Done::Nothing, "without a refresh nobody looks at the clock");
    assert_eq!(pulumi.secret(), secret);
    assert!(pulumi.apply(&config).await, "with one, somebody does");
    assert_ne!(pulumi.secret(), secret);
}

/// No release has rotation: the secret is changed by an update, and the old one stops working, which is said.
async fn changes_it_by_an_update(admin: &str, public: &str) {
    for mut face in Face::both(admin, public).await {
        face.apply(&client(json!({ "trigger": "1" }))).await;
        let first = face.secret();
        face.warned("");
        assert!(face.apply(&client(json!({ "trigger": "2" }))).await);
        assert!(face.warned("The old secret no longer works"));
        assert_eq!(face.get("old_secrets"), "none");
        assert!(!gets_in(public, &first).await && gets_in(public, &face.secret()).await);
        face.destroy().await;
    }
}

#[tokio::test]
async fn a_server_without_rotation_changes_the_secret_by_an_update() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        let emulator = emulator::start(Options { profile, ..Options::default() }).await.unwrap();
        changes_it_by_an_update(&emulator.url(), &emulator.url()).await;
    }
}

#[tokio::test]
async fn a_real_hydra_without_rotation_changes_the_secret_by_an_update() {
    if let Some(real) = support::hydra().await {
        changes_it_by_an_update(&real.admin, &real.public).await;
    }
}

#[tokio::test]
async fn a_configured_secret_is_rotated_to_also_if_write_only() {
    let emulator = network().await;
    let url = emulator.url();
    for mut face in Face::both(&url, &url).await {
        let own = |secret: &str| {
            let mut config = client(json!({}));
            config["client_secret"] = json!(secret);
            config
        };
        face.apply(&own("own-secret-1")).await;
        assert!(face.apply(&own("own-secret-2")).await);
        assert!(gets_in(&url, "own-secret-1").await && gets_in(&url, "own-secret-2").await);
        assert_eq!(face.get("old_secrets"), "valid");
        face.destroy().await;

        let hidden = |secret: &str, version: &str| {
            let mut config = client(json!({}));
            (config["client_secret_wo"], config["client_secret_wo_version"]) = (json!(secret), json!(version));
            config
        };
        face.apply(&hidden("hidden-secret-1", "1")).await;
        assert!(face.apply(&hidden("hidden-secret-2", "2")).await);
        assert!(gets_in(&url, "hidden-secret-1").await && gets_in(&url, "hidden-secret-2").await);
        assert_eq!(face.get("old_secrets"), "valid");
        assert!(!face.kept().contains("hidden-secret"));
        face.destroy().await;
    }
}

#[tokio::test]
async fn at_most_five_old_secrets_work() {
    let emulator = network().await;
    let url = emulator.url();
    let [mut face, _] = Face::both(&url, &url).await;
    let mut secrets = Vec::new();
    for turn in 0..7 {
        face.apply(&client(json!({ "trigger": turn.to_string() }))).await;
        secrets.push(face.secret());
    }
    for (age, secret) in secrets.iter().rev().enumerate() {
        assert_eq!(gets_in(&url, secret).await, age < 6, "{age}");
    }
}

#[tokio::test]
async fn an_imported_client_begins_with_the_first_apply() {
    let emulator = network().await;
    let url = emulator.url();
    let theirs = json!({ "client_id": "c", "client_name": "C", "grant_types": ["client_credentials"], "client_secret": "their-secret", "token_endpoint_auth_method": "client_secret_post" });
    assert_eq!(Hydra::at(&url).ask("POST", "clients", Some(&theirs)).await.0, 201);
    let [mut face, _] = Face::both(&url, &url).await;
    let Face::Terraform(core, thing) = &mut face else { unreachable!() };
    *thing = core.import(TYPE, "c").await.unwrap();
    let config = client(json!({ "trigger": "1", "period": "1h" }));
    assert!(face.apply(&config).await);
    assert_eq!((face.get("client_secret"), face.get("rotation_due")), (Json::Null, json!(false)));
    assert!(gets_in(&url, "their-secret").await, "neither an import nor the first trigger rotates");
    face.age();
    assert!(face.apply(&config).await);
    assert!(gets_in(&url, "their-secret").await && gets_in(&url, &face.secret()).await);
}

#[tokio::test]
async fn a_lost_answer_keeps_the_secret() {
    let emulator = network().await;
    let proxy = Proxy::to(&emulator.url()).await;
    let [mut face, _] = Face::both(&proxy.url(), &proxy.url()).await;
    face.apply(&client(json!({ "trigger": "1" }))).await;
    let first = face.secret();
    for fault in [Fault::LoseAnswer, Fault::CutAnswer, Fault::LoseRequest] {
        proxy.then("POST /admin/clients/c/secrets/rotate", fault);
    }
    assert!(face.apply(&client(json!({ "trigger": "2" }))).await);
    assert_eq!(proxy.unused(), 0);
    assert!(gets_in(&emulator.url(), &first).await && gets_in(&emulator.url(), &face.secret()).await);

    // What is changed beside it fails: the new secret is in the state, and is not rotated again.
    proxy.then("PUT /admin/clients/c", Fault::Answer(400, "application/json", r#"{"error":"invalid_client_metadata"}"#));
    let mut config = client(json!({ "trigger": "3" }));
    config["client_name"] = json!("D");
    let before = face.secret();
    let Face::Terraform(core, thing) = &mut face else { unreachable!() };
    core.apply(thing, &config).await.unwrap_err();
    let third = face.secret();
    assert_ne!(third, before);
    assert!(face.apply(&config).await);
    assert!(face.secret() == third && gets_in(&emulator.url(), &before).await && gets_in(&emulator.url(), &third).await);

    // Refused, nothing is changed, and the next apply tries again.
    proxy.then("POST /admin/clients/c/secrets/rotate", Fault::Answer(403, "application/json", r#"{"error":"forbidden"}"#));
    let config = client(json!({ "trigger": "4" }));
    let Face::Terraform(core, thing) = &mut face else { unreachable!() };
    core.apply(thing, &config).await.unwrap_err();
    assert_eq!(face.secret(), third);
    assert!(face.apply(&config).await);
    assert_ne!(face.secret(), third);
}

#[tokio::test]
async fn no_error_contains_the_new_secret() {
    let emulator = network().await;
    let proxy = Proxy::to(&emulator.url()).await;
    let [mut face, _] = Face::both(&proxy.url(), &proxy.url()).await;
    let own = |secret: &str| {
        let mut config = client(json!({}));
        config["client_secret"] = json!(secret);
        config
    };
    face.apply(&own("own-secret-1")).await;
    proxy.then("POST /admin/clients/c/secrets/rotate", Fault::Echo(400));
    let Face::Terraform(core, thing) = &mut face else { unreachable!() };
    let stop = core.apply(thing, &own("canary-secret-2")).await.unwrap_err();
    assert!(!stop.text().contains("canary"), "{}", stop.text());
    // Also not one that the provider has chosen, which is only in the request.
    face.apply(&client(json!({ "trigger": "1" }))).await;
    proxy.asked();
    proxy.then("POST /admin/clients/c/secrets/rotate", Fault::Echo(400));
    let Face::Terraform(core, thing) = &mut face else { unreachable!() };
    let stop = core.apply(thing, &client(json!({ "trigger": "2" }))).await.unwrap_err();
    let sent = proxy.asked().into_iter().find(|(line, _)| line.contains("secrets/rotate")).unwrap().1;
    let sent: Json = serde_json::from_str(&sent).unwrap();
    let secret = sent["client_secret"].as_str().unwrap();
    assert!(secret.len() == 64 && !stop.text().contains(secret), "{}", stop.text());
}

#[tokio::test]
async fn an_impossible_rotation_is_refused_when_planned() {
    let emulator = network().await;
    let url = emulator.url();
    let mut core = Core::direct(&ORY, provider(&url, &url)).await.unwrap();
    let with = |name: &str, value: &str, rotation: Json| {
        let mut config = client(rotation);
        config[name] = json!(value);
        config
    };
    for (config, text) in [
        (with("client_secret", "own-secret-1", json!({ "period": "1h" })), "prevents the rotation"),
        (with("client_secret_wo", "own-secret-1", json!({ "trigger": "1" })), "prevents the rotation"),
        (with("token_endpoint_auth_method", "none", json!({})), "no secret to rotate"),
        (client(json!({ "period": "59s" })), "at least a minute"),
        (client(json!({ "period": "1d" })), "duration"),
        (client(json!({ "overlap": "-1s" })), "less than"),
    ] {
        let stop = core.validate(TYPE, &config).await.unwrap_err();
        assert!(stop.says(text), "{text}: {stop:?}");
    }
    for config in [client(json!({})), with("client_secret", "own-secret-1", json!({ "overlap": "1h" }))] {
        core.validate(TYPE, &config).await.unwrap();
    }
}

/// A data source has nothing to say of it.
#[tokio::test]
async fn a_data_source_does_not_show_rotation() {
    let emulator = network().await;
    let url = emulator.url();
    let [mut face, _] = Face::both(&url, &url).await;
    face.apply(&client(json!({ "trigger": "1" }))).await;
    let mut faces = Faces::to(&url).await;
    let found = faces.core.data(TYPE, &json!({ "client_id": "c" })).await.unwrap().to_json();
    let names = found.as_object().unwrap();
    assert!(["secret_rotation", "rotation_due", "old_secrets", "secret_set_at"].iter().all(|name| !names.contains_key(*name)), "{found}");
}

//! Every attribute of an identity through its lifecycles, on the emulator and on a real Kratos, whose raw answers
//! decide.

use crate::{
    pulumi::{
        Recorder,
        engine::Host,
        every::{live_ways, spell},
    },
    support::{
        self,
        faults::Proxy,
        stored::{self, ours},
    },
    terraform::{
        core::Core,
        lifecycle::{Backdoor, Lifecycle},
        samples::{Known, Way},
    },
};
use async_trait::async_trait;
use janiform::{
    emulator::{self, Options, Profile, Running},
    engine::{Engine, Entry, semantically_equal},
    frontends::pulumi::Server,
    ory::{Client, ORY, resources::identity::RESOURCE},
    rest::mapping,
    schema::{Attr, Codec, Object, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};
use std::sync::Arc;

/// Kratos' admin API, asked past the provider.
pub struct Identities {
    admin: String,
    pub client: reqwest::Client,
}

impl Identities {
    pub fn at(admin: &str) -> Identities {
        Identities { admin: admin.to_owned(), client: crate::support::client() }
    }

    pub fn url(&self, id: &str) -> String {
        format!("{}/admin/identities/{id}", self.admin)
    }

    pub async fn get(&self, id: &str) -> Option<Json> {
        let response = self.client.get(self.url(id)).send().await.unwrap();
        (response.status() == 200).then_some(serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    pub async fn all(&self) -> Vec<Json> {
        let response = self.client.get(format!("{}/admin/identities", self.admin)).send().await.unwrap();
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }

    async fn put(&self, id: &str, body: &Json) -> bool {
        self.client.put(self.url(id)).json(body).send().await.unwrap().status() == 200
    }

    /// The hash of the password, and the linked accounts.
    pub async fn credentials(&self, id: &str) -> (String, Vec<String>) {
        let url = format!("{}?include_credential=password", self.url(id));
        let body: Json = serde_json::from_str(&self.client.get(url).send().await.unwrap().text().await.unwrap()).unwrap();
        let linked = body["credentials"]["oidc"]["identifiers"].as_array().into_iter().flatten();
        let hash = body["credentials"]["password"]["config"]["hashed_password"].as_str().unwrap_or_default();
        (hash.to_owned(), linked.map(|link| link.as_str().unwrap().to_owned()).collect())
    }

    pub async fn post(&self, body: &Json) -> Json {
        let response = self.client.post(format!("{}/admin/identities", self.admin)).json(body).send().await.unwrap();
        assert_eq!(response.status(), 201);
        serde_json::from_str(&response.text().await.unwrap()).unwrap()
    }
}

#[async_trait]
impl Backdoor for Identities {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let Some(mut body) = self.get(id).await else { return false };
        let seen =
            |body: &Json| Object::new(&resource.table, &mapping::observe(&resource.table, &ours(body)).unwrap()).get(attr.name).clone();
        let before = seen(&body);
        let members = body.as_object_mut().unwrap();
        // They would be set again, without their secrets.
        members.remove("credentials");
        match value {
            None => drop(members.remove(&attr.pointer().to_string())),
            Some(Value::String(text)) if attr.codec == Codec::Json => {
                members.insert(attr.pointer().to_string(), serde_json::from_str(text).unwrap());
            }
            Some(value) => drop(members.insert(attr.pointer().to_string(), stored::kind_to_json(&attr.kind, value))),
        }
        if !self.put(id, &body).await {
            return false;
        }
        let after = seen(&self.get(id).await.unwrap());
        let wanted = value.is_none_or(|value| semantically_equal(attr, value, &after));
        wanted && !semantically_equal(attr, &before, &after)
    }

    async fn remove(&self, _: &'static Resource, id: &str) {
        assert_eq!(self.client.delete(self.url(id)).send().await.unwrap().status(), 204);
    }

    async fn exists(&self, _: &'static Resource, id: &str) -> bool {
        self.get(id).await.is_some()
    }
}

/// What the tables cannot say: values that the server takes.
pub fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "schema_id" => vec![json!("person"), json!("robot")],
        "traits" => vec![json!(r#"{"name":"Ann","email":"ann@example.com"}"#), json!(r#"{"email":"bob@example.com"}"#)],
        "password" | "password_wo" => vec![json!("plain-Text-pw-9911"), json!("plain-Text-pw-9912")],
        "hashed_password" | "hashed_password_wo" => vec![
            json!("$2a$08$2eDf1kKZlGB5oGd7/8q8.u7S6f5s1W2s2QXyKcBpFb3rUZ6vIu1Ny"),
            json!("$2a$10$ZsCsoVQ3xfBG/K2z2XpBf.tm90GZmtOqtqWcB5.pYd5Eq8y7RlDyq"),
        ],
        "organization_id" => vec![json!("3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d"), json!("00000000-0000-4000-8000-000000000001")],
        // They have to be among the traits.
        "verified_addresses" => vec![json!(["ann@example.com"]), json!(["ANN@example.com"])],
        "project_slug" => vec![json!("localhost"), json!("LOCALHOST")],
        // No release has them yet: they live in `factors`.
        "totp" | "lookup_secret" | "webauthn" | "passkey" | "removed_credentials" | "region" => vec![],
        _ => return None,
    })
}

/// Kratos 1.3 has no `external_id`, no organizations and no SAML, and links no account by itself.
pub fn known_1_3(name: &str) -> Option<Vec<Json>> {
    let link = |provider: &str| json!({ "provider": provider, "subject": "42" });
    match name {
        "external_id" | "organization_id" | "saml" => Some(vec![]),
        "oidc" => Some(vec![json!([link("github"), link("google")]), json!([link("google")])]),
        _ => known(name),
    }
}

/// The schemas of the real one are others.
fn known_real(name: &str) -> Option<Vec<Json>> {
    match name {
        "schema_id" => Some(vec![json!("customer"), json!("default")]),
        "traits" => Some(vec![json!(r#"{"username":"ann","email":"ann@example.com"}"#), json!(r#"{"email":"bob@example.com"}"#)]),
        _ => known_1_3(name),
    }
}

pub fn provider(admin: &str) -> Json {
    let port = admin.rsplit(':').next().unwrap();
    json!({ "kratos_admin_url": admin, "project_api_url": format!("http://%s:{port}") })
}

pub const ENTRY: fn() -> &'static Entry<Client> = || ORY.resources().find(|entry| entry.resource.name == RESOURCE.name).unwrap();

/// A Kratos with two schemas.
pub async fn kratos(profile: Profile) -> Running {
    let schema = |name: &str, more: Json| {
        let mut properties = json!({ "email": {
            "type": "string", "format": "email",
            "ory.sh/kratos": { "credentials": { "password": { "identifier": true } }, "verification": { "via": "email" }, "recovery": { "via": "email" } },
        } });
        properties.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let traits = json!({ "type": "object", "properties": properties, "required": ["email"], "additionalProperties": false });
        (name.to_owned(), json!({ "type": "object", "properties": { "traits": traits } }).to_string())
    };
    let schemas = vec![schema("person", json!({ "name": { "type": "string" } })), schema("robot", json!({ "name": {}, "serial": {} }))];
    emulator::start(Options { profile, schemas, ..Options::default() }).await.unwrap()
}

/// Hashes and secrets of credentials are shown to whoever asks for them; nobody here does.
fn asks_for_no_credentials(proxy: &Proxy) {
    let asked = proxy.asked();
    assert!(!asked.is_empty() && asked.iter().all(|(line, _)| !line.contains("include_credential")));
}

/// Accounts elsewhere are those of somebody who can sign in without them: the last way in cannot be taken away.
fn ways(known: Known, [alone, linked]: [Known; 2]) -> [Way; 2] {
    let mut safe = Way::only(&RESOURCE, known);
    safe.known = linked;
    safe.base["password"] = json!("plain-Text-pw-9911");
    [Way { known: alone, ..Way::only(&RESOURCE, known) }, safe]
}

fn is_account(attr: &Attr) -> bool {
    matches!(attr.name, "oidc" | "saml")
}

/// What is known, but of accounts elsewhere, and what is known but of passwords.
macro_rules! without {
    ($known:ident) => {
        [
            |name| if matches!(name, "oidc" | "saml") { Some(vec![]) } else { $known(name) },
            |name| {
                if name.contains("password") { Some(vec![]) } else { $known(name) }
            },
        ]
    };
}

async fn lives(admin: &str, known: Known, each: [Known; 2]) {
    let proxy = Proxy::to(admin).await;
    let mut core = Core::direct(&ORY, provider(&proxy.url())).await.unwrap();
    let backdoor = Identities::at(admin);
    let [alone, safe] = ways(known, each);
    let (mut runs, mut failures) = Lifecycle::on(&mut core, &backdoor, "ory", &RESOURCE, &alone).run().await;
    // A password is seen by no import.
    let accounts = Lifecycle::on(&mut core, &backdoor, "ory", &RESOURCE, &safe).only(is_account).without_the_whole().run().await;
    runs += accounts.0;
    failures.extend(accounts.1);
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 60, "only {runs} ran");
    asks_for_no_credentials(&proxy);
}

async fn lives_in_pulumi(admin: &str, known: Known, each: [Known; 2]) {
    let proxy = Proxy::to(admin).await;
    let config = spell(ORY.config, &provider(&proxy.url()));
    let runs = live_ways(&ORY, config, &Identities::at(admin), &ways(known, each)).await;
    assert!(runs > 40, "only {runs} ran");
    asks_for_no_credentials(&proxy);
}

#[tokio::test]
async fn every_attribute_lives_under_terraform() {
    lives(&kratos(Profile::V26_2).await.url(), known, without!(known)).await;
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_1_3() {
    lives(&kratos(Profile::V2_3).await.url(), known_1_3, without!(known_1_3)).await;
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi() {
    lives_in_pulumi(&kratos(Profile::V26_2).await.url(), known, without!(known)).await;
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_a_real_kratos() {
    if let Some(real) = support::kratos().await {
        lives(&real.admin, known_real, without!(known_real)).await;
    }
}

#[tokio::test]
async fn every_attribute_lives_under_pulumi_on_a_real_kratos() {
    if let Some(real) = support::kratos().await {
        lives_in_pulumi(&real.admin, known_real, without!(known_real)).await;
    }
}

/// That everything in `expected` is there, and equal.
fn holds(actual: &Json, expected: &Json) {
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(actual.get(name).unwrap_or(&Json::Null), value, "{name} in {actual:#}");
    }
}

/// A configuration, and what Kratos' own API has to say of an identity that was made or changed by it.
fn steps(newer: bool) -> Vec<(Json, Json)> {
    let big = r#"{ "limits": [1, 2.50, 12345678901234567890], "empty": {} }"#;
    let mut first = json!({
        "schema_id": "default", "traits": r#"{"email":"Ann@example.com","tags":[]}"#, "state": "inactive",
        "metadata_public": big, "metadata_admin": r#"["a", null]"#, "password": "plain-Text-pw-9911",
        "oidc": [{ "provider": "github", "subject": "42" }],
    });
    let mut made = json!({
        "schema_id": "default", "traits": { "email": "Ann@example.com", "tags": [] }, "state": "inactive",
        "metadata_public": serde_json::from_str::<Json>(big).unwrap(), "metadata_admin": ["a", null],
    });
    if newer {
        first["external_id"] = json!("customer-1");
        first["organization_id"] = json!("3d1c2b4a-5e6f-4a7b-8c9d-0e1f2a3b4c5d");
        first["saml"] = json!([{ "provider": "okta", "subject": "ann" }]);
        made["external_id"] = first["external_id"].clone();
        made["organization_id"] = first["organization_id"].clone();
    }
    let mut second = first.clone();
    second["traits"] = json!(r#"{"email":"bob@example.com"}"#);
    second["state"] = json!("active");
    second["metadata_admin"] = Json::Null;
    second["metadata_public"] = json!("false");
    let mut changed = made.clone();
    changed["traits"] = json!({ "email": "bob@example.com" });
    changed["state"] = json!("active");
    changed["metadata_admin"] = Json::Null;
    changed["metadata_public"] = json!(false);
    let third = json!({ "schema_id": "default", "traits": r#"{"email":"bob@example.com"}"#, "organization_id": second["organization_id"] });
    let mut bare = changed.clone();
    bare["metadata_public"] = Json::Null;
    bare.as_object_mut().unwrap().remove("external_id");
    vec![(first, made), (second, changed), (third, bare)]
}

/// What a table that is wrong would agree with itself about.
async fn is_held_as_meant(admin: &str, newer: bool) {
    let backdoor = Identities::at(admin);
    let mut core = Core::direct(&ORY, provider(admin)).await.unwrap();
    let mut thing = core.thing("ory_identity");
    let server = Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None));
    let mut host = Host::start(server).await;
    host.configure(spell(ORY.config, &provider(admin))).await.unwrap();
    for face in ["terraform", "pulumi"] {
        let mut ids = Vec::new();
        for (config, held) in steps(newer) {
            let id = if face == "terraform" {
                core.apply(&mut thing, &config).await.unwrap();
                core.settled(&thing, &config).await.unwrap();
                thing.state.as_ref().unwrap().value.get("id").text().unwrap().to_owned()
            } else {
                host.up("ory:index/identity:Identity", "it", &spell(&RESOURCE.table, &config)).await.unwrap();
                host.state["it"].id.clone()
            };
            let raw = backdoor.get(&id).await.unwrap();
            holds(&raw, &held);
            assert_eq!(raw.get("external_id"), held.get("external_id"), "{raw:#}");
            let email = held["traits"]["email"].as_str().unwrap().to_lowercase();
            assert_eq!(raw["verifiable_addresses"][0]["value"], email);
            assert_eq!(raw["credentials"]["password"]["identifiers"], json!([email]));
            for (kind, identifier) in [("oidc", "github:42"), ("saml", "okta:ann")].into_iter().filter(|(kind, _)| newer || *kind == "oidc")
            {
                let linked = raw["credentials"][kind]["identifiers"].as_array().cloned().unwrap_or_default();
                assert_eq!(linked, if config[kind].is_null() { vec![] } else { vec![json!(identifier)] }, "{kind}");
            }
            ids.push(id);
        }
        assert_eq!(ids[0], ids[2], "it is the same throughout");
        if face == "terraform" {
            core.destroy(&mut thing).await.unwrap()
        } else {
            host.destroy().await.unwrap()
        }
        assert!(backdoor.get(&ids[0]).await.is_none());
    }
}

#[tokio::test]
async fn the_server_has_the_configured_values() {
    let newer = emulator::start(Options::default()).await.unwrap();
    is_held_as_meant(&newer.url(), true).await;
    let older = emulator::start(Options { profile: Profile::V2_3, ..Options::default() }).await.unwrap();
    is_held_as_meant(&older.url(), false).await;
}

#[tokio::test]
async fn a_real_kratos_holds_what_was_meant() {
    if let Some(real) = support::kratos().await {
        is_held_as_meant(&real.admin, false).await;
    }
}

//! Every attribute of Ory's resources through its lifecycles; the test changes and checks the server's data
//! through the server's own API.

use crate::{
    support::{hydra, stored::ours},
    terraform::{
        core::Core,
        lifecycle::{Backdoor, Lifecycle},
        samples::{self, Known, Way},
    },
};
use async_trait::async_trait;
use janiform::{
    emulator::{self, Options, Profile},
    engine::semantically_equal,
    ory::{
        ORY,
        resources::{oauth2_client, oidc_dynamic_client, trusted_issuer},
    },
    rest::mapping,
    schema::{Attr, Object, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};

/// Hydra's admin API, asked past the provider.
pub struct Hydra {
    admin: String,
    client: reqwest::Client,
}

impl Hydra {
    pub fn at(admin: &str) -> Hydra {
        Hydra { admin: admin.to_owned(), client: crate::support::client() }
    }

    /// A request of the admin API: its status, and its body if that is JSON.
    pub async fn ask(&self, method: &str, path: &str, body: Option<&Json>) -> (u16, Json) {
        let mut request = self.client.request(method.parse().unwrap(), format!("{}/admin/{path}", self.admin));
        if let Some(body) = body {
            request = request.json(body);
        }
        let response = request.send().await.unwrap();
        let status = response.status().as_u16();
        (status, serde_json::from_str(&response.text().await.unwrap()).unwrap_or_default())
    }

    /// A client.
    pub async fn get(&self, id: &str) -> Option<Json> {
        self.object(&format!("clients/{id}")).await
    }

    async fn object(&self, path: &str) -> Option<Json> {
        let (status, body) = self.ask("GET", path, None).await;
        (status == 200).then_some(body)
    }

    async fn change_object(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let path = path(resource.name, id);
        let Some(mut body) = self.object(&path).await else { return false };
        let seen =
            |body: &Json| Object::new(&resource.table, &mapping::observe(&resource.table, &ours(body)).unwrap()).get(attr.name).clone();
        let before = seen(&body);
        let members = body.as_object_mut().unwrap();
        // Hydra 2.3 takes an empty key set beside `jwks_uri` for a second one.
        if members.get("jwks") == Some(&json!({})) {
            members.remove("jwks");
        }
        match value {
            None => drop(members.remove(&attr.pointer().to_string())),
            Some(Value::String(text)) if attr.codec == janiform::schema::Codec::Json => {
                members.insert(attr.pointer().to_string(), serde_json::from_str(text).unwrap());
            }
            Some(value) => drop(members.insert(attr.pointer().to_string(), crate::support::stored::kind_to_json(&attr.kind, value))),
        }
        if self.ask("PUT", &path, Some(&body)).await.0 != 200 {
            return false;
        }
        let after = seen(&self.object(&path).await.unwrap());
        let wanted = value.is_none_or(|value| semantically_equal(attr, value, &after));
        wanted && !semantically_equal(attr, &before, &after)
    }

    /// What a key says of itself can be rewritten; of several keys, some can be taken away.
    async fn change_keys(&self, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let set = self.object(&format!("keys/{id}")).await.unwrap();
        let keys = set["keys"].as_array().unwrap();
        let member = match attr.name {
            "algorithm" => "alg",
            "use" => "use",
            "jwks" => {
                let Some(wanted) = value.and_then(Value::as_str) else { return false };
                let wanted: Json = serde_json::from_str(wanted).unwrap();
                let stays = |key: &&Json| wanted["keys"].as_array().unwrap().iter().any(|other| other["kid"] == key["kid"]);
                let goes: Vec<_> = keys.iter().filter(|key| !stays(key)).collect();
                for key in &goes {
                    self.ask("DELETE", &format!("keys/{id}/{}", key["kid"].as_str().unwrap()), None).await;
                }
                return !goes.is_empty() && goes.len() < keys.len();
            }
            _ => return false,
        };
        let mut key = keys[0].clone();
        let before = key[member].clone();
        match value.and_then(Value::as_str) {
            Some(text) => key[member] = text.into(),
            None => drop(key.as_object_mut().unwrap().remove(member)),
        }
        let path = format!("keys/{id}/{}", key["kid"].as_str().unwrap());
        key[member] != before && self.ask("PUT", &path, Some(&key)).await.0 == 200
    }
}

/// The resources of Hydra's admin API with the paths of their collections, below `/admin/`.
pub const COLLECTIONS: &[(&str, &str)] = &[
    ("oauth2_client", "clients"),
    ("oidc_dynamic_client", "clients"),
    ("json_web_key_set", "keys"),
    ("trusted_oauth2_jwt_grant_issuer", "trust/grants/jwt-bearer/issuers"),
];

/// The path of an object of this resource.
pub fn path(resource: &str, id: &str) -> String {
    let found = COLLECTIONS.iter().find(|(name, _)| *name == resource);
    let (_, collection) = found.unwrap_or_else(|| panic!("COLLECTIONS has no {resource}"));
    format!("{collection}/{id}")
}

#[async_trait]
impl Backdoor for Hydra {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        match resource.name {
            "json_web_key_set" => self.change_keys(id, attr, value).await,
            // The server changes no grant.
            "trusted_oauth2_jwt_grant_issuer" => false,
            _ => self.change_object(resource, id, attr, value).await,
        }
    }

    async fn remove(&self, resource: &'static Resource, id: &str) {
        assert_eq!(self.ask("DELETE", &path(resource.name, id), None).await.0, 204);
    }

    async fn exists(&self, resource: &'static Resource, id: &str) -> bool {
        self.object(&path(resource.name, id)).await.is_some()
    }
}

/// A public key.
pub fn key(id: &str) -> Json {
    json!({"kty": "EC", "kid": id, "use": "sig", "alg": "ES256", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"})
}

fn key_set(ids: &[&str]) -> Json {
    Json::String(json!({ "keys": ids.iter().map(|id| key(id)).collect::<Vec<_>>() }).to_string())
}

/// What the tables cannot say: values that the server takes.
pub fn known(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "client_secret" | "client_secret_wo" => vec![json!("s3cret-one"), json!("s3cret-two")],
        "token_endpoint_auth_method" => vec![json!("none"), json!("client_secret_basic"), json!("client_secret_post")],
        "token_endpoint_auth_signing_alg" => vec![json!("RS256"), json!("ES256")],
        "response_types" => vec![json!(["code", "id_token"]), json!(["code", "token id_token"]), json!(["token"])],
        "access_token_strategy" => vec![json!("jwt"), json!("opaque")],
        "allowed_cors_origins" => vec![json!(["https://b.example", "https://a.example:8443"]), json!(["https://*.c.example"])],
        "jwks" | "jwks_wo" => vec![key_set(&["a", "b"]), key_set(&["b"])],
        // Both servers are set up for no other.
        "subject_type" => vec![json!("public")],
        // The server spells "not set" as `none`, so an import cannot tell that from an explicit one.
        "userinfo_signed_response_alg" => vec![json!("RS256"), json!("none")],
        "project_slug" => vec![json!("localhost"), json!("LOCALHOST")],
        // The server fetches it by https, and there is none here.
        "sector_identifier_uri" => vec![],
        _ => return None,
    })
}

/// Hydra 2.3 has no lifespans for the device grant.
pub fn known_2_3(name: &str) -> Option<Vec<Json>> {
    if name.starts_with("device_authorization_grant") { Some(vec![]) } else { known(name) }
}

/// A registered client's public API may be elsewhere than where a project's would be.
fn registered(name: &str) -> Option<Vec<Json>> {
    if name == "project_slug" || name == "project_api_key" { Some(vec![]) } else { known_2_3(name) }
}

fn target(name: &str) -> Option<Vec<Json>> {
    if name == "project_slug" { known(name) } else { None }
}

/// A set with a key that the server makes; EC keys are made at once.
fn made_key(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "set_id" => vec![json!("made-one"), json!("made https://two.example")],
        "key_id" => vec![json!("k1"), json!("k2")],
        "algorithm" => vec![json!("ES256"), json!("EdDSA")],
        "jwks" | "jwks_wo" | "jwks_wo_version" => vec![],
        _ => return target(name),
    })
}

/// Hydra 2.3 has no route for ids with a slash.
fn made_key_2_3(name: &str) -> Option<Vec<Json>> {
    if name == "set_id" { Some(vec![json!("made-one"), json!("made two")]) } else { made_key(name) }
}

fn own_keys(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "set_id" => vec![json!("own-one"), json!("own-two")],
        "jwks" => vec![key_set(&["a", "b"]), key_set(&["b"]), key_set(&["c"])],
        "key_id" | "algorithm" | "use" | "jwks_wo" | "jwks_wo_version" => vec![],
        _ => return target(name),
    })
}

fn hidden_keys(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "jwks_wo" => vec![key_set(&["a", "b"]), key_set(&["b"])],
        "jwks_wo_version" => vec![json!("1"), json!("2")],
        "jwks" => vec![],
        _ => return own_keys(name),
    })
}

fn issuer_of_one(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "issuer" => vec![json!("https://idp.example/a"), json!("a name")],
        "scope" => vec![json!(["read", "write"]), json!(["read"])],
        "jwk" => vec![Json::String(key("a").to_string()), Json::String(key("b").to_string())],
        "allow_any_subject" => vec![],
        _ => return target(name),
    })
}

fn issuer_of_any(name: &str) -> Option<Vec<Json>> {
    match name {
        "allow_any_subject" => Some(vec![json!(true)]),
        "subject" => Some(vec![]),
        _ => issuer_of_one(name),
    }
}

/// Everything that there is to live, with clients as this server knows them.
pub fn ways(clients: Known, registered: Known, made_key: Known) -> Vec<Way> {
    let set = |known, base| Way { resource: "json_web_key_set", known, base };
    let issuer = |known: Known, more: Json| {
        let resource = &trusted_issuer::RESOURCE;
        let mut base = samples::minimal(resource, known);
        base.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        Way { resource: resource.name, known, base }
    };
    vec![
        Way::only(&oauth2_client::RESOURCE, clients),
        Way::only(&oidc_dynamic_client::RESOURCE, registered),
        set(made_key, json!({ "set_id": "made-one", "algorithm": "ES256" })),
        set(own_keys, json!({ "set_id": "own-one", "jwks": key_set(&["a", "b"]) })),
        set(hidden_keys, json!({ "set_id": "own-one", "jwks_wo": key_set(&["a", "b"]), "jwks_wo_version": "1" })),
        issuer(issuer_of_one, json!({ "subject": "ann" })),
        issuer(issuer_of_any, json!({ "allow_any_subject": true })),
    ]
}

/// On the newest server that is emulated.
pub fn all_ways() -> Vec<Way> {
    ways(known, known, made_key)
}

/// On a real server.
pub fn real_ways() -> Vec<Way> {
    ways(known_2_3, registered, made_key_2_3)
}

/// A provider for this server, which is also every project of Ory Network: a slug is its host.
pub fn provider(admin: &str, public: &str) -> Json {
    let port = admin.rsplit(':').next().unwrap();
    json!({ "hydra_admin_url": admin, "hydra_public_url": public, "project_api_url": format!("http://%s:{port}") })
}

async fn lives(admin: &str, public: &str, ways: Vec<Way>) {
    let mut core = Core::direct(&ORY, provider(admin, public)).await.unwrap();
    let backdoor = Hydra::at(admin);
    let (mut runs, mut failures) = (0, Vec::new());
    for way in &ways {
        let resource = ORY.resources().find(|entry| entry.resource.name == way.resource).unwrap().resource;
        let started = std::time::Instant::now();
        let (more, failed) = Lifecycle::on(&mut core, &backdoor, "ory", resource, way).run().await;
        runs += more;
        failures.extend(failed);
        println!("{}: {more} lifecycles in {:.1} s", way.resource, started.elapsed().as_secs_f64());
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 600, "only {runs} ran");
}

#[test]
fn every_resource_has_a_way() {
    let ways = real_ways();
    // These live in other servers, and are tested where those are.
    let elsewhere = [
        "identity",
        "relationship",
        "relationships",
        "workspace",
        "project",
        "project_api_key",
        "organization",
        "action",
        "email_template",
        "identity_schema",
        "permission_namespaces",
        "workspace_api_key",
        "onboarding_portal_link",
        "event_stream",
        "custom_domain",
        "social_provider",
        "saml_provider",
        "scim_client",
        "project_config",
        "project_raw_config",
        "api_key",
        "imported_api_key",
    ];
    for entry in ORY.resources().filter(|entry| !elsewhere.contains(&entry.resource.name)) {
        assert!(ways.iter().any(|way| way.resource == entry.resource.name), "{}", entry.resource.name);
    }
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_26_2() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    lives(&emulator.url(), &emulator.url(), all_ways()).await;
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_2_3() {
    let emulator = emulator::start(Options { profile: Profile::V2_3, ..Options::default() }).await.unwrap();
    lives(&emulator.url(), &emulator.url(), ways(known_2_3, known_2_3, made_key_2_3)).await;
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_a_real_hydra() {
    if let Some(real) = hydra().await {
        lives(&real.admin, &real.public, real_ways()).await;
    }
}

//! Every attribute of Ory's resources through its lifecycles, with what the server holds changed and checked
//! through the server's own API.

use crate::{
    support::hydra,
    terraform::{
        core::Core,
        lifecycle::{Lifecycle, World},
        samples::Known,
    },
};
use async_trait::async_trait;
use janiform::{
    emulator::{self, Options, Profile},
    engine::same,
    ory::ORY,
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
        Hydra { admin: admin.to_owned(), client: reqwest::Client::new() }
    }

    fn url(&self, id: &str) -> String {
        format!("{}/admin/clients/{id}", self.admin)
    }

    pub async fn get(&self, id: &str) -> Option<Json> {
        let response = self.client.get(self.url(id)).send().await.unwrap();
        (response.status() == 200).then_some(serde_json::from_str(&response.text().await.unwrap()).unwrap())
    }

    async fn put(&self, id: &str, body: &Json) -> bool {
        let response = self.client.put(self.url(id)).json(body).send().await.unwrap();
        response.status() == 200
    }
}

#[async_trait]
impl World for Hydra {
    async fn change(&self, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
        let Some(mut body) = self.get(id).await else { return false };
        let seen = |body: &Json| Object::new(&resource.table, &mapping::observe(&resource.table, body).unwrap()).get(attr.name).clone();
        let before = seen(&body);
        let members = body.as_object_mut().unwrap();
        // Hydra 2.3 takes an empty key set beside `jwks_uri` for a second one.
        if members.get("jwks") == Some(&json!({})) {
            members.remove("jwks");
        }
        match value {
            None => drop(members.remove(attr.pointer())),
            Some(Value::String(text)) if attr.codec == janiform::schema::Codec::Json => {
                members.insert(attr.pointer().to_owned(), serde_json::from_str(text).unwrap());
            }
            Some(value) => drop(members.insert(attr.pointer().to_owned(), janiform::schema::json::kind_to_json(&attr.kind, value))),
        }
        if !self.put(id, &body).await {
            return false;
        }
        let after = seen(&self.get(id).await.unwrap());
        let wanted = value.is_none_or(|value| same(attr, value, &after));
        wanted && !same(attr, &before, &after)
    }

    async fn remove(&self, _: &'static Resource, id: &str) {
        let response = self.client.delete(self.url(id)).send().await.unwrap();
        assert_eq!(response.status(), 204);
    }

    async fn exists(&self, _: &'static Resource, id: &str) -> bool {
        self.get(id).await.is_some()
    }
}

fn key_set(ids: &[&str]) -> Json {
    let key = |id: &&str| json!({"kty": "EC", "kid": id, "use": "sig", "alg": "ES256", "crv": "P-256", "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4", "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM"});
    Json::String(json!({ "keys": ids.iter().map(key).collect::<Vec<_>>() }).to_string())
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
        "project_slug" => vec![json!("127.0.0.1"), json!("localhost")],
        // The server fetches it by https, and there is none here.
        "sector_identifier_uri" => vec![],
        _ => return None,
    })
}

/// Those that live in Hydra; the others have worlds of their own.
pub fn served_by_hydra(resource: &Resource) -> bool {
    !["identity", "relationship", "relationships"].contains(&resource.name)
}

/// Hydra 2.3 has no lifespans for the device grant.
pub fn known_2_3(name: &str) -> Option<Vec<Json>> {
    if name.starts_with("device_authorization_grant") { Some(vec![]) } else { known(name) }
}

/// A provider for this server, which is also every project of Ory Network: a slug is its host.
pub fn provider(admin: &str) -> Json {
    let port = admin.rsplit(':').next().unwrap();
    json!({ "hydra_admin_url": admin, "project_api_url": format!("http://%s:{port}") })
}

async fn lives(admin: &str, known: Known) {
    let mut core = Core::direct(&ORY, provider(admin)).await.unwrap();
    let world = Hydra::at(admin);
    let (mut runs, mut failures) = (0, Vec::new());
    for entry in ORY.resources.iter().filter(|entry| served_by_hydra(entry.resource)) {
        let (more, failed) = Lifecycle::new(&mut core, &world, "ory", entry, known).run().await;
        runs += more;
        failures.extend(failed);
    }
    assert!(failures.is_empty(), "{} of {runs} failed:\n{}", failures.len(), failures.join("\n"));
    assert!(runs > 300, "only {runs} ran");
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_26_2() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    lives(&emulator.url(), known).await;
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_2_3() {
    let emulator = emulator::start(Options { profile: Profile::V2_3, ..Options::default() }).await.unwrap();
    lives(&emulator.url(), known_2_3).await;
}

#[tokio::test]
async fn every_attribute_lives_under_terraform_on_a_real_hydra() {
    if let Some(real) = hydra().await {
        lives(&real.admin, known_2_3).await;
    }
}

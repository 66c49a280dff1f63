//! `ory_social_provider`, `ory_saml_provider` and `ory_scim_client`: elements of lists in a project, changed and looked at past the
//! provider.

use super::{ask, lives::Console};
use crate::{
    pulumi::every::{live_ways, spell},
    support::stored::{kind_to_json, ours},
    terraform::samples::Way,
};
use janiform::{
    emulator::{self, Options},
    engine::same,
    ory::{
        ORY,
        resources::{saml_provider, scim_client, social_provider},
    },
    rest::mapping,
    schema::{Attr, Codec, Object, Resource},
    value::Value,
};
use serde_json::{Value as Json, json};

/// Organizations that are in every project of the tests.
pub const ORGANIZATIONS: [&str; 2] = ["5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a10", "5f1d7c1b-0d55-4d0a-8f8e-0c5a3f1b2a11"];

pub const OIDC: &str = "services/identity/config/selfservice/methods/oidc";
pub const SAML: &str = "services/identity/config/selfservice/methods/saml";

/// Makes the organizations.
pub async fn with_organizations(console: &Console) {
    let organization = |id: &str| json!({ "op": "add", "path": "/organizations/-", "value": { "id": id, "label": id, "domains": [] } });
    patch(&console.url, &console.project, false, json!(ORGANIZATIONS.map(organization))).await;
}

pub fn is_one(resource: &str) -> bool {
    matches!(resource, "social_provider" | "saml_provider" | "scim_client")
}

/// Where the elements are; the attributes beside them are found under `method`.
fn list(resource: &str) -> String {
    match resource {
        "social_provider" => format!("/{OIDC}/config/providers"),
        "saml_provider" => format!("/{SAML}/config/providers"),
        _ => "/scim_clients".to_owned(),
    }
}

fn key(resource: &str) -> &'static str {
    if resource == "scim_client" { "client_id" } else { "id" }
}

/// The document that the elements are in, and its revision.
async fn document(url: &str, project: &str, is_normalized: bool) -> (Json, String) {
    if is_normalized {
        let document = ask(url, "GET", &format!("/normalized/projects/{project}"), None).await.1["current_revision"].clone();
        let revision = document["id"].as_str().unwrap_or_default().to_owned();
        return (document, revision);
    }
    let document = ask(url, "GET", &format!("/projects/{project}"), None).await.1;
    let revision = document["revision_id"].as_str().unwrap_or_default().to_owned();
    (document, revision)
}

/// Patches it past the provider: the status.
pub async fn patch(url: &str, project: &str, is_normalized: bool, operations: Json) -> u16 {
    let (_, revision) = document(url, project, is_normalized).await;
    let root = if is_normalized { "/normalized" } else { "" };
    ask(url, "PATCH", &format!("{root}/projects/{project}/revision/{revision}"), Some(&operations)).await.0
}

async fn place(url: &str, project: &str, resource: &str, id: &str) -> Option<(usize, Json)> {
    let (document, _) = document(url, project, resource == "scim_client").await;
    let all = document.pointer(&list(resource))?.as_array()?.clone();
    all.into_iter().enumerate().find(|(_, one)| one[key(resource)] == id)
}

/// What a project has of it, raw, with what stands beside the list.
pub async fn held(url: &str, project: &str, resource: &str, id: &str) -> Option<Json> {
    let (_, mut found) = place(url, project, resource, id).await?;
    for name in ["created_at", "updated_at", "id"] {
        if resource == "scim_client" {
            found.as_object_mut().unwrap().remove(name);
        }
    }
    if resource == "social_provider" {
        let mut method = document(url, project, false).await.0.pointer(&format!("/{OIDC}/config")).cloned().unwrap_or_default();
        method.as_object_mut().unwrap().remove("providers");
        found["method"] = method;
    }
    Some(found)
}

pub async fn remove(console: &Console, resource: &str, id: &str) {
    let (index, _) = place(&console.url, &console.project, resource, id).await.unwrap();
    let operation = json!([{ "op": "remove", "path": format!("{}/{index}", list(resource)) }]);
    assert_eq!(patch(&console.url, &console.project, resource == "scim_client", operation).await, 200);
}

/// Changes one attribute of an element; false if the console cannot be made to, or does not show it.
pub async fn change(console: &Console, resource: &'static Resource, id: &str, attr: &'static Attr, value: Option<&Value>) -> bool {
    let (url, project) = (&console.url, &console.project);
    let observed = async || {
        let held = held(url, project, resource.name, id).await.unwrap_or_default();
        Object::new(&resource.table, &mapping::observe(&resource.table, &ours(&held)).unwrap()).get(attr.name).clone()
    };
    let (before, (index, _)) = (observed().await, place(url, project, resource.name, id).await.unwrap());
    let pointer = attr.pointer().to_string();
    let at = match pointer.strip_prefix("method/") {
        Some(name) => format!("/{OIDC}/config/{name}"),
        None => format!("{}/{index}/{pointer}", list(resource.name)),
    };
    let operation = match value {
        Some(value) => {
            let value = match (value, attr.meaning.sent) {
                (Value::String(text), Some(sent)) => json!(sent(text)),
                (Value::String(text), _) if attr.codec == Codec::Json => serde_json::from_str(text).unwrap(),
                (value, _) => kind_to_json(&attr.kind, value),
            };
            json!([{ "op": "add", "path": at, "value": value }])
        }
        None => json!([{ "op": "remove", "path": at }]),
    };
    if patch(url, project, resource.name == "scim_client", operation).await != 200 {
        return false;
    }
    let after = observed().await;
    value.is_none_or(|value| same(attr, value, &after)) && !same(attr, &before, &after)
}

fn common(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "project_id" => vec![],
        "organization_id" => ORGANIZATIONS.map(Json::from).to_vec(),
        // A mapper is a text of one's own, or what it says in another form.
        "mapper_url" => vec![json!("{ identity: {} }"), json!("base64://e30="), json!("{ other: 1 }")],
        _ => return None,
    })
}

fn social(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "provider_type" => vec![json!("google"), json!("github")],
        "client_secret" => vec![json!("first-secret"), json!("second-secret")],
        "requested_claims" => vec![json!(r#"{"id_token":{"email":null}}"#), json!(r#"{"userinfo":{"name":{"essential":true}}}"#)],
        name if name.starts_with("apple_") || name.contains("_wo") => vec![],
        name => return common(name),
    })
}

fn apple(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "provider_type" => vec![json!("apple")],
        "apple_private_key" => vec![json!("first-key"), json!("second-key")],
        "apple_team_id" | "apple_private_key_id" => vec![json!("KP76DQS54M"), json!("UX56C66723")],
        _ => vec![],
    })
}

/// With credentials that are kept out of the state.
fn hidden(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "provider_type" => vec![json!("google"), json!("github")],
        "client_id_wo_version" | "client_secret_wo_version" | "authorization_header_secret_wo_version" => vec![json!("1"), json!("2")],
        "client_id_wo" | "client_secret_wo" | "authorization_header_secret_wo" => vec![json!("first-hidden"), json!("second-hidden")],
        "label" => vec![json!("One"), json!("Two")],
        _ => vec![],
    })
}

fn saml(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "raw_idp_metadata_xml" => vec![json!("<EntityDescriptor/>"), json!("base64://PHgvPg=="), json!("https://idp.example/metadata")],
        "additional_acs_urls" => vec![json!(["https://a.example/acs", "https://b.example/acs"]), json!(["https://c.example/acs"])],
        // What only the other engine knows is a way of its own.
        name if NATIVE.contains(&name) => vec![],
        name => return common(name),
    })
}

const NATIVE: [&str; 8] = [
    "binding",
    "force_authn",
    "sign_authn_requests",
    "require_encrypted_assertion",
    "allowed_digest_algorithms",
    "allowed_signature_algorithms",
    "allowed_name_id_formats",
    "clock_skew_seconds",
];

fn native(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        name if NATIVE.contains(&name) => return None,
        "engine" => vec![json!("native")],
        "raw_idp_metadata_xml" => return saml(name),
        _ => vec![],
    })
}

fn scim(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "authorization_header_secret" => vec![json!("first-secret"), json!("second-secret")],
        "client_id" => vec![json!("okta"), json!("entra-1")],
        name if name.contains("_wo") => vec![],
        name => return common(name),
    })
}

/// Every way to make one.
pub fn ways() -> Vec<Way> {
    let of = |resource: &'static Resource, known, base: Json| Way { resource: resource.name, known, base };
    let google = json!({ "provider_id": "alpha", "provider_type": "google", "client_id": "c", "client_secret": "first-secret" });
    let okta = json!({
        "client_id": "okta", "organization_id": ORGANIZATIONS[0], "label": "Okta", "mapper_url": "{ identity: {} }",
        "authorization_header_secret": "first-secret",
    });
    let apples = json!({ "provider_id": "apple", "provider_type": "apple", "client_id": "com.example", "client_secret": "made" });
    let out_of_sight = json!({
        "provider_id": "hidden", "provider_type": "google", "client_id_wo": "first-hidden", "client_id_wo_version": "1",
        "client_secret_wo": "first-hidden", "client_secret_wo_version": "1",
    });
    let engine = json!({ "provider_id": "native", "raw_idp_metadata_xml": "<EntityDescriptor/>", "engine": "native" });
    let client = json!({
        "client_id": "okta", "organization_id": ORGANIZATIONS[0], "label": "Okta", "mapper_url": "{ identity: {} }",
        "authorization_header_secret_wo": "first-hidden", "authorization_header_secret_wo_version": "1",
    });
    vec![
        of(&social_provider::RESOURCE, social, google),
        of(&social_provider::RESOURCE, apple, apples),
        of(&social_provider::RESOURCE, hidden, out_of_sight),
        Way::only(&saml_provider::RESOURCE, saml),
        of(&saml_provider::RESOURCE, native, engine),
        of(&scim_client::RESOURCE, scim, okta),
        of(&scim_client::RESOURCE, hidden, client),
    ]
}

#[tokio::test]
async fn every_attribute_of_a_provider_lives_under_pulumi() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let console = Console::at(&emulator.url()).await;
    live_ways(&ORY, spell(ORY.config, &console.provider()), &console, &ways()).await;
}

//! `ory_social_provider`, `ory_saml_provider` and `ory_scim_client`: elements of lists in a project, changed and read without
//! the provider.

use super::{
    ask,
    lives::{Console, live},
};
use crate::{
    pulumi::{
        Recorder,
        engine::{Host, Stored},
        every::{live_ways, spell},
    },
    support::stored::{kind_to_json, ours},
    terraform::{
        core::{Action, Core},
        samples::Way,
    },
};
use janiform::{
    emulator::{self, Options, Running},
    engine::{Engine, semantically_equal},
    frontends::pulumi::{Server, names},
    ory::{
        ORY,
        resources::{saml_provider, scim_client, social_provider},
    },
    rest::mapping,
    schema::{Attr, Codec, Object, Resource},
    value::Value,
};
use janiform_proto::pulumirpc::diff_response::DiffChanges;
use serde_json::{Value as Json, json};
use std::sync::Arc;

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
            let value = match (value, attr.equality.sent) {
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
    value.is_none_or(|value| semantically_equal(attr, value, &after)) && !semantically_equal(attr, &before, &after)
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

/// What there has to be beside this write-only argument.
pub fn beside(name: &str) -> Json {
    let is = |kind: &str, more: Json| merged(&[&json!({ "provider_id": "it", "provider_type": kind }), &more]);
    match name {
        "client_id_wo" => is("google", json!({ "client_secret": "s" })),
        "client_secret_wo" => is("google", json!({ "client_id": "c" })),
        "apple_private_key_wo" => is("apple", json!({ "client_id": "c", "apple_team_id": "t", "apple_private_key_id": "k" })),
        _ => json!({ "client_id": "it", "organization_id": ORGANIZATIONS[0], "label": "One", "mapper_url": "{ identity: {} }" }),
    }
}

/// Two values of each write-only argument.
pub fn write_only(_: &str) -> Option<Vec<Json>> {
    Some(vec![json!("first-hidden"), json!("second-hidden")])
}

/// With credentials that are kept out of the state.
fn hidden(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "provider_type" => vec![json!("google"), json!("github")],
        "client_id_wo_version" | "client_secret_wo_version" | "authorization_header_secret_wo_version" => vec![json!("1"), json!("2")],
        "client_id_wo" | "client_secret_wo" | "authorization_header_secret_wo" => {
            vec![json!("first-hidden"), json!("second-hidden")]
        }
        "label" => vec![json!("One"), json!("Two")],
        _ => vec![],
    })
}

/// The same of Apple's key.
fn hidden_apple(name: &str) -> Option<Vec<Json>> {
    Some(match name {
        "apple_private_key_wo_version" => vec![json!("1"), json!("2")],
        "apple_private_key_wo" => vec![json!("first-hidden"), json!("second-hidden")],
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
    let key_out_of_sight = json!({
        "provider_id": "apples", "provider_type": "apple", "client_id": "c", "apple_team_id": "t", "apple_private_key_id": "k",
        "apple_private_key_wo": "first-hidden", "apple_private_key_wo_version": "1",
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
        of(&social_provider::RESOURCE, hidden_apple, key_out_of_sight),
        Way::only(&saml_provider::RESOURCE, saml),
        of(&saml_provider::RESOURCE, native, engine),
        of(&scim_client::RESOURCE, scim, okta),
        of(&scim_client::RESOURCE, hidden, client),
    ]
}

fn of(resource: &str) -> Vec<Way> {
    ways().into_iter().filter(|way| way.resource == resource).collect()
}

async fn lives_under_pulumi(resource: &str) {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let console = Console::at(&emulator.url()).await;
    live_ways(&ORY, spell(ORY.config, &console.provider()), &console, &of(resource)).await;
}

#[tokio::test]
async fn every_attribute_of_a_social_provider_lives_under_terraform() {
    live(&ORY, &of("social_provider"), 100).await;
}

#[tokio::test]
async fn every_attribute_of_a_social_provider_lives_under_pulumi() {
    lives_under_pulumi("social_provider").await;
}

#[tokio::test]
async fn every_attribute_of_a_saml_provider_lives_under_terraform() {
    live(&ORY, &of("saml_provider"), 100).await;
}

#[tokio::test]
async fn every_attribute_of_a_saml_provider_lives_under_pulumi() {
    lives_under_pulumi("saml_provider").await;
}

#[tokio::test]
async fn every_attribute_of_a_scim_client_lives_under_terraform() {
    live(&ORY, &of("scim_client"), 30).await;
}

#[tokio::test]
async fn every_attribute_of_a_scim_client_lives_under_pulumi() {
    lives_under_pulumi("scim_client").await;
}

const OFFICIAL_MAPPER: &str = "base64://bG9jYWwgY2xhaW1zID0gc3RkLmV4dFZhcignY2xhaW1zJyk7CnsKICBpZGVudGl0eTogewogICAgdHJhaXRzOiB7CiAgICAgIGVtYWlsOiBjbGFpbXMuZW1haWwsCiAgICB9LAogIH0sCn0=";

/// What the official provider left: the resource, what it sent, and what a configuration says. Nobody has recorded such a state:
/// its names, types and defaults are those of that provider's schema, and so is what it sends.
fn official() -> Vec<(&'static str, Json, Json)> {
    let google = json!({ "provider_id": "google", "provider_type": "google", "client_id": "c", "client_secret": "s", "scope": ["email", "profile"] });
    let sent = |more: Json| {
        merged(&[
            &json!({ "id": "google", "provider": "google", "client_id": "c", "client_secret": "s", "scope": ["email", "profile"], "mapper_url": OFFICIAL_MAPPER }),
            &more,
        ])
    };
    let wordy = json!({
        "mapper_url": "base64://e30=", "issuer_url": "https://a.example", "tenant": "common", "auto_link": true, "label": "Google",
        "account_linking_mode": "automatic", "organization_id": ORGANIZATIONS[0], "additional_id_token_audiences": ["a", "b"],
        "aal2_acr_values": ["x"], "pkce": "force", "fedcm_config_url": "https://a.example/fedcm.json", "update_identity_on_login": "automatic",
        "front_channel_logout": true, "auth_url": "https://a.example/auth", "token_url": "https://a.example/token",
        "base_redirect_uri": "https://iam.example",
    });
    let mut wordy_sent = wordy.clone();
    for (name, place) in [("tenant", Some("microsoft_tenant")), ("base_redirect_uri", None)] {
        let value = wordy_sent.as_object_mut().unwrap().remove(name).unwrap();
        place.iter().for_each(|place| wordy_sent[*place] = value.clone());
    }
    let saml = json!({ "provider_id": "google", "label": "Acme", "raw_idp_metadata_xml": "base64://PHgvPg==" });
    let saml_sent = json!({ "id": "google", "label": "Acme", "raw_idp_metadata_xml": "base64://PHgvPg==", "mapper_url": OFFICIAL_MAPPER });
    let scim = json!({
        "client_id": "google", "organization_id": ORGANIZATIONS[0], "label": "Okta", "mapper_url": "base64://e30=",
        "authorization_header_secret": "s",
    });
    let scim_sent = merged(&[&scim, &json!({ "state": "enabled" })]);
    vec![
        ("social_provider", sent(json!({})), google.clone()),
        ("social_provider", sent(wordy_sent), merged(&[&google, &wordy])),
        ("saml_provider", saml_sent, saml),
        ("scim_client", scim_sent, scim),
    ]
}

fn merged(parts: &[&Json]) -> Json {
    parts.iter().flat_map(|part| part.as_object().unwrap().clone()).collect::<serde_json::Map<_, _>>().into()
}

/// A console with this in a project.
async fn console_with(resource: &str, element: &Json) -> (Running, Console) {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let console = Console::at(&emulator.url()).await;
    let at = |path: String, value: Json| json!({ "op": "add", "path": path, "value": value });
    let operations = match resource {
        "scim_client" => json!([at("/scim_clients".to_owned(), json!([element]))]),
        "saml_provider" => json!([at(format!("/{SAML}"), json!({ "enabled": true, "config": { "providers": [element] } }))]),
        _ => {
            let config = json!({ "providers": [element], "base_redirect_uri": "https://iam.example" });
            json!([at(format!("/{OIDC}"), json!({ "enabled": true, "config": config }))])
        }
    };
    assert_eq!(patch(&console.url, &console.project, resource == "scim_client", operations).await, 200);
    (emulator, console)
}

#[tokio::test]
async fn the_official_state_plans_no_change() {
    for (resource, element, config) in official() {
        let (_emulator, console) = console_with(resource, &element).await;
        let before = held(&console.url, &console.project, resource, "google").await;
        let mut core = Core::direct(&ORY, console.provider()).await.unwrap();
        let state = if resource == "scim_client" { json!({ "state": "enabled" }) } else { json!({}) };
        let attributes = merged(&[&config, &state, &json!({ "id": "google", "project_id": console.project })]);
        let name = format!("ory_{resource}");
        let mut thing = core.moved(&name, "registry.terraform.io/ory/ory", &name, 0, &attributes).await.unwrap();
        for config in [config.clone(), merged(&[&config, &json!({ "project_id": console.project })])] {
            let plan = core.plan(&thing, &config).await.unwrap();
            assert_eq!(plan.action, Action::NoOp, "{name}: {:?}", plan.value);
            core.settled(&plan.prior, &config).await.unwrap();
        }
        assert_eq!(held(&console.url, &console.project, resource, "google").await, before);
        // From then on it is ours: what is changed is written, and what it does not say is let go of.
        let mut changed = config.clone();
        changed["label"] = json!("Other");
        changed.as_object_mut().unwrap().remove("base_redirect_uri");
        assert_eq!(core.apply(&mut thing, &changed).await.unwrap(), Action::Update, "{name}");
        core.settled(&thing, &changed).await.unwrap();
        let after = held(&console.url, &console.project, resource, "google").await.unwrap();
        assert_eq!(after["label"], "Other");
        if resource == "social_provider" {
            assert_eq!(after["method"]["base_redirect_uri"], "https://iam.example", "no apply of ours has set it");
        }
        core.destroy(&mut thing).await.unwrap();
    }
}

#[tokio::test]
async fn the_bridges_state_previews_and_refreshes_without_a_change() {
    for (resource, element, config) in official() {
        let (_emulator, console) = console_with(resource, &element).await;
        let mut host = Host::start(Server::new(Arc::new(Engine::new(&ORY)), Arc::new(Recorder::default()), Arc::new(|_| None))).await;
        host.configure(spell(ORY.config, &console.provider())).await.unwrap();
        let (table, token) = (&super::entry(resource).resource.table, names::resource_token("ory", resource));
        // It has this list in the plural, and what the official provider fills in.
        let as_the_bridge = |json: Json| {
            let members = json.as_object().unwrap().clone().into_iter();
            members
                .map(|(name, value)| (if name == "scope" { "scopes".to_owned() } else { name }, value))
                .collect::<serde_json::Map<_, _>>()
        };
        let inputs = Json::Object(as_the_bridge(spell(table, &config)));
        let state = if resource == "scim_client" { json!({ "state": "enabled" }) } else { json!({}) };
        let filled = json!({ "id": "google", "projectId": console.project, "__pulumi_raw_state_delta": { "obj": {} } });
        let stored = Stored {
            token: token.clone(),
            id: "google".to_owned(),
            outputs: merged(&[&inputs, &state, &filled]),
            inputs,
            init_errors: Vec::new(),
        };
        host.state.insert("it".to_owned(), stored);
        let program = spell(table, &config);
        // Without a refresh first, and with one.
        for _ in 0..2 {
            let (diff, _) = host.preview(&token, "it", &program).await.unwrap();
            assert_eq!(diff.as_ref().unwrap().changes(), DiffChanges::DiffNone, "{token}: {diff:?}");
            let diff = host.refresh("it").await.unwrap().unwrap();
            assert_eq!(diff.changes(), DiffChanges::DiffNone, "{token}: {:?}", diff.diffs);
        }
    }
}

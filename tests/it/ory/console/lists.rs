//! The data sources that list objects of the console: each shows all objects, in the same way through both faces.

use super::{
    ask,
    lives::{Console, ORGANIZATION},
    providers,
};
use crate::{
    ory::queries::Faces,
    support::faults::{Fault, Proxy},
};
use janiform::emulator::{self, Options};
use serde_json::{Value as Json, json};

/// Their names.
pub const NAMES: [&str; 9] = [
    "workspaces",
    "workspace_api_keys",
    "projects",
    "project_api_keys",
    "project_members",
    "organizations",
    "onboarding_portal_links",
    "event_streams",
    "custom_domains",
];

/// Something to ask of each.
fn asked(name: &str) -> Json {
    if name == "onboarding_portal_links" { json!({ "organization_id": ORGANIZATION }) } else { json!({}) }
}

#[tokio::test]
async fn each_list_shows_the_existing_objects() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let url = emulator.url();
    let console = Console::at(&url).await;
    let (project, workspace) = (&console.project, &console.workspace);
    let make = async |path: String, body: Json| {
        let (status, made) = ask(&url, "POST", &path, Some(&body)).await;
        assert_eq!(status, 201, "{path}: {made}");
        made
    };
    let key = make(format!("/projects/{project}/tokens"), json!({ "name": "ci" })).await;
    let other = make(format!("/workspaces/{workspace}/tokens"), json!({ "name": "automation" })).await;
    let acme = make(format!("/projects/{project}/organizations"), json!({ "label": "Acme", "domains": ["acme.example"] })).await;
    let links = format!("/projects/{project}/organizations/{ORGANIZATION}/onboarding-portal-links");
    let link = make(links, json!({ "enable_sso": true, "enable_scim": false })).await;
    let stream = json!({ "type": "https", "https_endpoint": "https://hooks.example.com/?token=abc", "event_types": ["b", "a"] });
    let stream = make(format!("/projects/{project}/eventstreams"), stream).await;
    let domain = make(format!("/projects/{project}/cname"), json!({ "hostname": "auth.example.com" })).await;

    let mut faces = Faces::with(console.provider()).await;
    let mut list = async |name: &str, asked: Json| faces.ask(name, &asked).await[name].as_array().unwrap().clone();
    let keys = list("project_api_keys", json!({})).await;
    assert_eq!((&keys[0]["id"], &keys[0]["last_characters"], keys[0].get("value")), (&key["id"], &key["last_characters"], None));
    let keys = list("workspace_api_keys", json!({ "workspace_id": workspace })).await;
    assert_eq!((&keys[0]["id"], &keys[0]["name"], &keys[0]["workspace_id"]), (&other["id"], &json!("automation"), &json!(workspace)));
    assert_eq!(list("organizations", json!({})).await.len(), 2 + providers::ORGANIZATIONS.len());
    let found = list("organizations", json!({ "domain": "acme.example" })).await;
    assert_eq!((found.len(), &found[0]["id"], &found[0]["domains"]), (1, &acme["id"], &json!(["acme.example"])));
    assert_eq!(list("organizations", json!({ "domain": "nobody.example" })).await, [] as [Json; 0]);
    let found = list("onboarding_portal_links", asked("onboarding_portal_links")).await;
    let slug = ask(&url, "GET", &format!("/projects/{project}"), None).await.1["slug"].as_str().unwrap().to_owned();
    let leads = format!("{url}/p/{slug}/onboarding/{}", link["value"].as_str().unwrap());
    assert_eq!((&found[0]["id"], &found[0]["url"]), (&link["id"], &json!(leads)));
    let found = list("event_streams", json!({ "project_id": project })).await;
    assert_eq!((&found[0]["id"], &found[0]["event_types"], found[0].get("https_auth_secret")), (&stream["id"], &json!(["a", "b"]), None));
    let found = list("custom_domains", json!({})).await;
    assert_eq!((&found[0]["id"], &found[0]["verification_status"]), (&domain["id"], &json!("active")));
    let found = list("project_members", json!({})).await;
    assert_eq!((found.len(), &found[0]["role"], &found[0]["email_verified"]), (1, &json!("owner"), &json!(true)));
    let found = list("projects", json!({ "workspace_id": workspace })).await;
    assert_eq!((found.len(), &found[0]["slug"], &found[0]["workspace_id"]), (1, &json!(slug), &json!(workspace)));
    assert_eq!(list("projects", json!({})).await, found);
    let found = list("workspaces", json!({})).await;
    assert_eq!((found.len(), &found[0]["id"]), (1, &json!(workspace)));
}

#[tokio::test]
async fn an_invalid_or_incomplete_list_is_an_error() {
    let emulator = emulator::start(Options::default()).await.unwrap();
    let proxy = Proxy::to(&emulator.url()).await;
    let mut provider = Console::at(&emulator.url()).await.provider();
    provider["console_api_url"] = json!(proxy.url());
    let mut faces = Faces::with(provider).await;
    let json = "application/json";
    for (fault, said) in [
        (Fault::Answer(401, json, r#"{"error":{"code":401,"message":"no such key"}}"#), "did not accept the credentials"),
        (Fault::Answer(200, "text/html", "<html>"), ""),
        (Fault::Answer(200, json, r#""text""#), ""),
        (Fault::Answer(200, json, r#"{"event_streams":[{"id":[]}]}"#), ""),
    ] {
        for name in NAMES {
            for _ in 0..2 {
                proxy.then("GET", fault.clone());
            }
            faces.refused(name, &asked(name), said).await;
            assert_eq!(proxy.unused(), 0, "{name}: {fault:?}");
        }
    }
    // It says that there is more, and knows no pages.
    let half = r#"{"projects":[],"has_next_page":true,"next_page":"2"}"#;
    for _ in 0..2 {
        proxy.then("GET /workspaces/", Fault::Answer(200, json, half));
    }
    faces.refused("projects", &json!({ "workspace_id": "00000000-0000-4000-8000-000000000001" }), "it says that there are more").await;
    // Only a person may see these.
    for _ in 0..2 {
        proxy.then("GET /workspaces/", Fault::Answer(403, json, r#"{"error":{"code":403,"message":"may not"}}"#));
    }
    faces.refused("workspace_api_keys", &json!({}), "only a person who is signed in").await;
    for name in NAMES {
        faces.ask(name, &asked(name)).await;
    }
}

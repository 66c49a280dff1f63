//! The models of a project's identities and permissions in the emulator: it checks the Ory Permission Language, and keeps a schema
//! that identities use.

use super::console::{Console, KEY, set};
use serde_json::{Value, json};

const GOOD: &str = "class Doc implements Namespace { related: { owners: User[] } }\nclass User implements Namespace {}\n";
const BAD: &str = "class Doc implements Namespace {\n  related: { owners: Nobody[] }\n}\n";

impl Console {
    async fn post_text(&self, key: &str, path: &str, text: &'static str) -> (u16, Value) {
        let request = self.http.post(format!("{}{path}", self.server.url())).bearer_auth(key).header("content-type", "text/plain");
        let response = request.body(text).send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap_or_default())
    }
}

fn base64(text: &str) -> String {
    use base64::{Engine as _, prelude::BASE64_STANDARD};
    format!("base64://{}", BASE64_STANDARD.encode(text))
}

#[tokio::test]
async fn a_document_is_validated_by_the_console_and_by_keto_each_in_its_form() {
    let console = Console::start().await;
    let (id, project) = console.project().await;
    let (status, key) = console.ask(Some(KEY), "POST", &format!("/projects/{id}/tokens"), json!({"name": "it"})).await;
    assert_eq!(status, 201);
    let (key, slug) = (key["value"].as_str().unwrap(), project["slug"].as_str().unwrap());
    let (validate, check) = (format!("/projects/{id}/opl/validate"), format!("/p/{slug}/opl/syntax/check"));
    let message = r#"namespace "Nobody" was not declared"#;
    let fault = json!({"message": message, "start": {"line": 2, "column": 21}, "end": {"line": 2, "column": 27}});
    assert_eq!(console.post_text(KEY, &validate, BAD).await, (200, json!({"errors": [fault]})));
    let fault = json!({"message": message, "start": {"Line": 2, "column": 21}, "end": {"Line": 2, "column": 27}});
    assert_eq!(console.post_text(key, &check, BAD).await, (200, json!({"errors": [fault]})));
    // A Keto of one's own is asked in the same way.
    assert_eq!(console.post_text("", "/opl/syntax/check", BAD).await.1["errors"][0]["start"]["Line"], 2);
    assert_eq!(console.post_text(KEY, &validate, GOOD).await, (200, json!({"errors": []})));
    assert_eq!(console.post_text(key, &check, GOOD).await, (200, json!({})));
    assert_eq!(console.post_text(key, &validate, GOOD).await.0, 403);
    assert_eq!(console.post_text(KEY, &check, GOOD).await.0, 401);
}

#[tokio::test]
async fn a_configuration_with_errors_is_not_saved_and_namespaces_are_those_of_the_document() {
    const LOCATION: &str = "/services/permission/config/namespaces";
    let console = Console::start().await;
    let (id, project) = console.project().await;
    let (_, key) = console.ask(Some(KEY), "POST", &format!("/projects/{id}/tokens"), json!({"name": "it"})).await;
    let namespaces = format!("/p/{}/namespaces", project["slug"].as_str().unwrap());
    let refused = console.patch(&id, set(LOCATION, json!({"location": base64(BAD)})), 400).await;
    assert!(refused["error"]["reason"].as_str().unwrap().contains("at 2:21"), "{refused}");
    assert_eq!(console.get(&format!("/projects/{id}")).await["services"]["permission"]["config"]["namespaces"], json!([]));
    console.patch(&id, set(LOCATION, json!({"location": base64(GOOD)})), 200).await;
    let told = console.ask(key["value"].as_str(), "GET", &namespaces, Value::Null).await;
    assert_eq!(told, (200, json!({"namespaces": [{"name": "Doc"}, {"name": "User"}]})));
}

#[tokio::test]
async fn a_schema_that_identities_use_stays() {
    let console = Console::start().await;
    let (id, project) = console.project().await;
    let (_, key) = console.ask(Some(KEY), "POST", &format!("/projects/{id}/tokens"), json!({"name": "it"})).await;
    let (key, slug) = (key["value"].as_str(), project["slug"].as_str().unwrap());
    let schema = json!({"id": "customer", "url": base64(r#"{"type":"object"}"#)});
    let made = console.patch(&id, set("/services/identity/config/identity/schemas/-", schema), 200).await;
    let hash = made["project"]["services"]["identity"]["config"]["identity"]["schemas"][1]["id"].clone();
    let identities = format!("/p/{slug}/admin/identities");
    let (status, identity) = console.ask(key, "POST", &identities, json!({"schema_id": hash, "traits": {}})).await;
    assert_eq!(status, 201, "{identity}");
    let remove = json!([{"op": "remove", "path": "/services/identity/config/identity/schemas/1"}]);
    let refused = console.patch(&id, remove.clone(), 409).await;
    assert_eq!(refused["error"]["id"], "in_use_by_identity");
    let identity = format!("{identities}/{}", identity["id"].as_str().unwrap());
    assert_eq!(console.ask(key, "DELETE", &identity, Value::Null).await.0, 204);
    console.patch(&id, remove, 200).await;
    // The default one stays in any case.
    console.patch(&id, json!([{"op": "remove", "path": "/services/identity/config/identity/schemas/0"}]), 400).await;
}

//! Identities whose schema has changed or is gone since they were created, and identifiers in another spelling. What each
//! request is answered is what Kratos 1.3.1 answered.

use std::path::Path;

use janiform::emulator::{Options, Profile, Running, start};
use serde_json::{Value, json as value};

use super::wire::{Response, bare, json, send};

const GONE: &str = r#"The JSON Schema "person" for this identity's traits could not be found."#;

/// A server with the schemas of these names, which require a trait.
async fn with_schemas(data: Option<&Path>, names: &[&str], required: &str) -> Running {
    let document = value!({ "type": "object", "properties": { "traits": { "type": "object", "required": [required], "properties": {
        "email": { "type": "string", "ory.sh/kratos": { "credentials": { "password": { "identifier": true } } } },
        "phone": { "type": "string", "ory.sh/kratos": { "credentials": { "code": { "identifier": true, "via": "sms" } } } },
    } } } });
    let schemas = names.iter().map(|name| ((*name).to_owned(), document.to_string())).collect();
    let options = Options { profile: Profile::V2_3, schemas, data: data.map(Path::to_owned), ..Options::default() };
    start(options).await.expect("the emulator starts")
}

async fn call(server: &Running, method: &str, path: &str, body: Value) -> Response {
    let request = if body.is_null() { bare(method, path) } else { json(method, path, &body.to_string()) };
    send(&server.url(), &request).await.expect("the emulator answers")
}

async fn made(server: &Running, kind: &str) -> Value {
    let email = format!("{kind}@example.com");
    let password = value!({ "password": { "config": { "password": "correct-horse-9" } } });
    let body = value!({ "schema_id": kind, "traits": { "email": email }, "credentials": password });
    let answer = call(server, "POST", "/admin/identities", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

async fn login(server: &Running, email: &str) -> Response {
    let flow = call(server, "GET", "/self-service/login/api", Value::Null).await.json()["id"].as_str().unwrap_or_default().to_owned();
    let body = value!({ "method": "password", "identifier": email, "password": "correct-horse-9" });
    call(server, "POST", &format!("/self-service/login?flow={flow}"), body).await
}

#[tokio::test]
async fn an_identity_that_no_longer_fits_signs_in_and_cannot_be_changed() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("ory.sqlite");
    let server = with_schemas(Some(&data), &["person"], "email").await;
    let path = format!("/admin/identities/{}", made(&server, "person").await["id"].as_str().expect("an id"));
    server.stop().await;
    let server = with_schemas(Some(&data), &["person"], "name").await;
    for path in ["/admin/identities", &path] {
        assert_eq!(call(&server, "GET", path, Value::Null).await.status, 200, "{path}");
    }
    assert_eq!(login(&server, "person@example.com").await.status, 200);
    let patch = value!([{ "op": "replace", "path": "/state", "value": "inactive" }]);
    let put = value!({ "schema_id": "person", "state": "active", "traits": { "email": "person@example.com" } });
    for (method, body) in [("PATCH", patch), ("PUT", put)] {
        let answer = call(&server, method, &path, body).await;
        let why = r#"I[#/traits] S[#/properties/traits/required] missing properties: "name""#;
        assert_eq!((answer.status, &answer.json()["error"]["reason"]), (400, &value!(why)), "{method}");
    }
    server.stop().await;
}

#[tokio::test]
async fn an_identity_without_a_schema_can_only_be_deleted_and_breaks_the_list() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("ory.sqlite");
    let server = with_schemas(Some(&data), &["person", "animal"], "email").await;
    let [person, animal] = [made(&server, "person").await, made(&server, "animal").await];
    let signed_in = login(&server, "person@example.com").await.json();
    server.stop().await;
    let server = with_schemas(Some(&data), &["animal"], "email").await;
    let id = person["id"].as_str().expect("an id");
    let path = format!("/admin/identities/{id}");
    let patch = value!([{ "op": "replace", "path": "/schema_id", "value": "animal" }]);
    let put = value!({ "schema_id": "animal", "state": "active", "traits": { "email": "person@example.com" } });
    let session = format!("/admin/sessions/{}", signed_in["session"]["id"].as_str().expect("an id"));
    for (method, path, body, reason) in [
        ("GET", "/admin/identities", Value::Null, GONE),
        ("GET", "/admin/identities?page=0&per_page=10", Value::Null, GONE),
        ("GET", "/admin/identities?credentials_identifier=person@example.com", Value::Null, GONE),
        ("GET", &path, Value::Null, GONE),
        ("PATCH", &path, patch, GONE),
        ("PUT", &path, put, GONE),
        ("DELETE", &format!("{path}/credentials/totp"), Value::Null, GONE),
        ("GET", "/admin/sessions?expand=identity", Value::Null, GONE),
        ("GET", &format!("{session}?expand=identity"), Value::Null, GONE),
        ("POST", "/admin/recovery/link", value!({ "identity_id": id }), GONE),
        ("POST", "/admin/recovery/code", value!({ "identity_id": id }), "could not find identity"),
    ] {
        let answer = call(&server, method, path, body).await;
        let wanted = (500, value!(reason));
        assert_eq!((answer.status, answer.json()["error"]["reason"].clone()), wanted, "{method} {path}");
    }
    for path in [
        session,
        format!("{path}/sessions"),
        "/admin/sessions".to_owned(),
        format!("/admin/identities/{}", animal["id"].as_str().expect("an id")),
    ] {
        assert_eq!(call(&server, "GET", &path, Value::Null).await.status, 200, "{path}");
    }
    let refused = login(&server, "person@example.com").await;
    assert_eq!((refused.status, &refused.json()["ui"]["messages"][0]["id"]), (400, &value!(4_000_006)));
    let token = signed_in["session_token"].as_str().expect("a token");
    let whoami = bare("GET", "/sessions/whoami").with("X-Session-Token", token);
    assert_eq!(send(&server.url(), &whoami).await.expect("the emulator answers").status, 401);
    assert_eq!(call(&server, "DELETE", &path, Value::Null).await.status, 204);
    let left = call(&server, "GET", "/admin/identities", Value::Null).await;
    assert_eq!((left.status, left.json().as_array().map(Vec::len)), (200, Some(1)));
    server.stop().await;
}

#[tokio::test]
async fn a_number_in_another_spelling_is_the_same_identifier() {
    let server = with_schemas(None, &["person"], "phone").await;
    for (phone, status) in [("+49 151 23456789", 201), ("+4915123456789", 409), ("+49 (151) 2345-6789", 409), ("015123456789", 400)] {
        let body = value!({ "schema_id": "person", "traits": { "phone": phone } });
        assert_eq!(call(&server, "POST", "/admin/identities", body).await.status, status, "{phone}");
    }
    // A search is for what is stored, and not for what was typed.
    for (identifier, found) in [("%2B4915123456789", 1), ("%2B49%20151%2023456789", 0)] {
        let path = format!("/admin/identities?credentials_identifier={identifier}");
        assert_eq!(call(&server, "GET", &path, Value::Null).await.json().as_array().map(Vec::len), Some(found), "{identifier}");
    }
    server.stop().await;
}

//! Behaviour of Kratos that no recording shows: the newer release's rules for credentials and external ids,
//! data after a restart, stored secrets.

use janiform::emulator::{Options, Profile, Running, start};
use serde_json::{Value, json as value};

use super::wire::{Response, bare, json, send};

async fn running() -> Running {
    start(Options::default()).await.expect("the emulator starts")
}

async fn call(server: &Running, method: &str, path: &str, body: Value) -> Response {
    let request = if body.is_null() { bare(method, path) } else { json(method, path, &body.to_string()) };
    send(&server.url(), &request).await.expect("the emulator answers")
}

async fn made(server: &Running, body: Value) -> Value {
    let answer = call(server, "POST", "/admin/identities", body).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    answer.json()
}

fn path(identity: &Value) -> String {
    format!("/admin/identities/{}", identity["id"].as_str().expect("an id"))
}

fn with_credentials(email: &str) -> Value {
    let providers = value!([{ "provider": "github", "subject": email }, { "provider": "google", "subject": email, "use_auto_link": true }]);
    value!({
        "traits": { "email": email },
        "credentials": { "password": { "config": { "password": "a secret in clear text" } }, "oidc": { "config": { "providers": providers } } },
    })
}

#[tokio::test]
async fn the_last_way_to_sign_in_stays() {
    let server = running().await;
    let identity = made(&server, with_credentials("a@ex.com")).await;
    let at = |rest: &str| format!("{}/credentials/{rest}", path(&identity));
    for (rest, status) in [
        ("totp", 404),
        ("oidc", 400),
        ("oidc?identifier=github:nobody", 404),
        ("oidc?identifier=github:a@ex.com", 204),
        ("password", 204),
        ("password", 400),
        ("oidc?identifier=google:a@ex.com", 400),
    ] {
        assert_eq!(call(&server, "DELETE", &at(rest), Value::Null).await.status, status, "{rest}");
    }
    let query = "?include_credential=password&include_credential=oidc";
    let left = call(&server, "GET", &format!("{}{query}", path(&identity)), Value::Null).await.json();
    assert_eq!(left["credentials"]["password"]["config"], value!({}));
    let provider = &left["credentials"]["oidc"]["config"]["providers"];
    assert_eq!((&provider[0]["provider"], &provider[0]["use_auto_link"], &provider[1]), (&value!("google"), &value!(true), &Value::Null));
    server.stop().await;
}

#[tokio::test]
async fn external_ids_are_found_and_unique() {
    let server = running().await;
    let one = made(&server, value!({ "external_id": "a/b", "traits": {} })).await;
    let two = made(&server, value!({ "traits": {} })).await;
    let found = call(&server, "GET", "/admin/identities/by/external/a%2Fb", Value::Null).await;
    assert_eq!(found.json()["id"], one["id"]);
    let patch = value!([{ "op": "add", "path": "/external_id", "value": "a/b" }]);
    assert_eq!(call(&server, "PATCH", &path(&two), patch).await.status, 409);
    assert_eq!(call(&server, "PUT", &path(&two), value!({ "traits": {}, "external_id": "a/b" })).await.status, 409);
    assert_eq!(call(&server, "PUT", &path(&one), value!({ "traits": {} })).await.status, 200);
    assert_eq!(call(&server, "GET", "/admin/identities/by/external/a%2Fb", Value::Null).await.status, 404, "a replacement clears it");
    server.stop().await;
}

#[tokio::test]
async fn a_patch_may_touch_some_credentials_only() {
    let server = running().await;
    let identity = made(&server, with_credentials("a@ex.com")).await;
    for denied in ["/credentials", "/Credentials", "/credentials/oidc/config", "/ID"] {
        let patch = value!([{ "op": "replace", "path": denied, "value": {} }]);
        let answer = call(&server, "PATCH", &path(&identity), patch).await;
        assert_eq!(
            (answer.status, answer.json()["error"]["message"].as_str()),
            (400, Some(&*format!("patch includes denied path: {denied}")))
        );
    }
    let hash = "$2a$08$2eDf1kKZlGB5oGd7/8q8.u7S6f5s1W2s2QXyKcBpFb3rUZ6vIu1Ny";
    let patch = value!([{ "op": "replace", "path": "/credentials/password/config/hashed_password", "value": hash }]);
    assert_eq!(call(&server, "PATCH", &path(&identity), patch).await.status, 200);
    let shown = call(&server, "GET", &format!("{}?include_credential=password", path(&identity)), Value::Null).await.json();
    assert_eq!(shown["credentials"]["password"]["config"]["hashed_password"], hash);
    assert_eq!(shown["credentials"]["oidc"]["identifiers"], value!(["github:a@ex.com", "google:a@ex.com"]));
    server.stop().await;
}

#[tokio::test]
async fn pages_cover_every_identity_once() {
    for profile in [Profile::V26_2, Profile::V2_3] {
        let server = start(Options { profile, ..Options::default() }).await.expect("the emulator starts");
        let mut wanted = Vec::new();
        for _ in 0..7 {
            wanted.push(made(&server, value!({ "traits": {} })).await["id"].to_string());
        }
        wanted.sort();
        let (mut path, mut seen) = ("/admin/identities?page_size=3".to_owned(), Vec::new());
        loop {
            let page = call(&server, "GET", &path, Value::Null).await;
            seen.extend(page.json().as_array().into_iter().flatten().map(|identity| identity["id"].to_string()));
            let link = page.header("link").unwrap_or_default().to_owned();
            let Some(next) = link.split(',').find(|part| part.ends_with("rel=\"next\"")) else { break };
            path = next.trim_start_matches('<').split('>').next().unwrap_or_default().to_owned();
        }
        assert_eq!(seen, wanted);
        server.stop().await;
    }
}

#[tokio::test]
async fn identities_and_keys_outlive_a_restart() {
    let folder = tempfile::tempdir().expect("a folder");
    let file = folder.path().join("ory.sqlite");
    let options = Options { data: Some(file.clone()), ..Options::default() };
    let server = start(options.clone()).await.expect("the emulator starts");
    let identity = made(&server, with_credentials("kept@ex.com")).await;
    assert_eq!(call(&server, "POST", "/admin/keys/kept", value!({ "alg": "ES256", "kid": "k" })).await.status, 201);
    let trust = value!({
        "issuer": "kept", "subject": "s", "expires_at": "2099-01-01T00:00:00Z",
        "jwk": { "kty": "OKP", "kid": "t", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" },
    });
    assert_eq!(call(&server, "POST", "/admin/trust/grants/jwt-bearer/issuers", trust).await.status, 201);
    let paths = [path(&identity), "/admin/keys/kept".to_owned(), "/admin/trust/grants/jwt-bearer/issuers?issuer=kept".to_owned()];
    let mut before = Vec::new();
    for path in &paths {
        before.push(call(&server, "GET", path, Value::Null).await.text().replace(&server.url(), ""));
    }
    server.stop().await;
    let bytes = std::fs::read(&file).expect("the file can be read");
    let holds = |needle: &str| bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
    assert!(holds("kept@ex.com") && !holds("a secret in clear text"), "a password is stored as a hash only");
    let server = start(options).await.expect("the emulator starts");
    for (path, before) in paths.iter().zip(before) {
        assert_eq!(call(&server, "GET", path, Value::Null).await.text().replace(&server.url(), ""), before, "{path}");
    }
    let again = call(&server, "POST", "/admin/identities", value!({ "traits": { "email": "Kept@Ex.com" } })).await;
    assert_eq!(again.status, 409, "identifiers are still taken");
    server.stop().await;
}

#[tokio::test]
async fn no_request_crashes_the_newer_release() {
    // There is no real server of this release to compare with: at least nothing may come out that
    // is no answer. Identifiers without a letter are a 500 there, and a batch that cannot be read
    // says so in its body.
    let server = running().await;
    for step in super::kratos_corpus::steps(Profile::V26_2) {
        let (name, batch) = (step.name, step.request.path == "/admin/identities");
        let answer = send(&server.url(), &step.request).await.expect("the emulator answers");
        let empty = answer.text().contains("missing or empty identifier");
        assert!(answer.status < 500 || empty && batch, "{name}: {} {}", answer.status, answer.text());
    }
    server.stop().await;
}

#[tokio::test]
async fn a_schema_that_is_not_json_is_an_error() {
    let options = Options { schemas: vec![("x".to_owned(), "{".to_owned())], ..Options::default() };
    assert!(start(options).await.is_err());
}

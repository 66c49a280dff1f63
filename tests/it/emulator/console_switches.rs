//! Behaviour of Ory Network, switched on in the emulator: features that a plan lacks, a quota, rates of requests,
//! delayed reads, dropped settings, keys that become valid late; and what the window shows of a project.

use super::console::{Console, KEY, set};
use janiform::emulator::{Options, switches::Switches, window::Place};
use serde_json::{Value, json};
use std::time::Duration;

async fn console(switches: Switches) -> Console {
    Console::with(Options { console: switches, ..Options::default() }).await
}

#[tokio::test]
async fn a_feature_that_the_plan_lacks_is_refused_and_named() {
    let console = console(Switches { without: ["native_saml_engine", "use_auto_link"].into(), ..Switches::default() }).await;
    let (id, project) = console.project().await;
    for (path, feature) in [
        ("/services/identity/config/preview/enable_native_saml_engine", "native_saml_engine"),
        ("/services/identity/config/selfservice/methods/oidc/enable_auto_link_policy", "use_auto_link"),
    ] {
        let error = console.patch(&id, set(path, json!(true)), 403).await["error"].clone();
        assert_eq!((&error["id"], &error["details"]["feature"]), (&json!("feature_not_available"), &json!(feature)), "{error}");
        assert!(error["request"].is_string() && error["reason"].is_string());
        // To switch it off takes no plan.
        console.patch(&id, set(path, json!(false)), 200).await;
    }
    let error = console.patch_revision(&id, set("/kratos_preview_enable_native_saml_engine", json!(true)), 403).await;
    assert_eq!(error["error"]["details"]["feature"], "native_saml_engine");
    // What is of no such feature is written.
    console.patch(&id, set("/services/oauth2/config/oauth2/token_prefix", json!("acme_%s_")), 200).await;
    assert_ne!(console.get(&format!("/projects/{id}")).await["revision_id"], project["revision_id"]);
}

#[tokio::test]
async fn a_quota_and_rates_are_kept() {
    let options = Options {
        console: Switches { most_projects: Some(1), ..Switches::default() },
        limits: vec!["backoffice-admin-medium=2/60s".parse().unwrap()],
        ..Options::default()
    };
    let console = Console::with(options).await;
    let (id, _) = console.project().await;
    let body = json!({"name": "Second", "environment": "dev"});
    let (status, error) = console.ask(Some(KEY), "POST", "/projects", body.clone()).await;
    assert_eq!((status, &error["error"]["id"]), (402, &json!("quota_exceeded")));
    let path = format!("/projects/{id}");
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(console.ask(Some(KEY), "GET", &path, Value::Null).await.0);
    }
    assert_eq!(seen, [200, 200, 429]);
    // Another bucket.
    assert_eq!(console.ask(Some(KEY), "DELETE", &path, Value::Null).await.0, 204);
    assert_eq!(console.ask(Some(KEY), "POST", "/projects", body).await.0, 201);
}

#[tokio::test]
async fn reads_lag_behind_a_patch_as_often_as_configured() {
    let console = console(Switches { stale_reads: 2, ..Switches::default() }).await;
    let (id, project) = console.project().await;
    let revision = project["revision_id"].as_str().unwrap();
    let path = format!("/projects/{id}/revision/{revision}");
    let lifespan = |project: &Value| project["services"]["identity"]["config"]["session"]["lifespan"].clone();
    let (_, answer) = console.ask(Some(KEY), "PATCH", &path, set("/services/identity/config/session/lifespan", json!("1h"))).await;
    // The answer itself does not lag.
    assert_eq!(lifespan(&answer["project"]), "1h0m0s");
    let mut seen = vec![lifespan(&console.get(&format!("/projects/{id}")).await)];
    let stale = console.get(&format!("/normalized/projects/{id}")).await;
    assert_eq!(stale["current_revision"]["id"], project["revision_id"]);
    seen.push(lifespan(&console.get(&format!("/projects/{id}")).await));
    assert_eq!(seen, ["24h0m0s", "1h0m0s"]);
}

#[tokio::test]
async fn settings_are_dropped_silently() {
    let dropped = vec!["kratos_session_lifespan".to_owned(), "/services/oauth2/config/ttl/id_token".to_owned()];
    let console = console(Switches { dropped, ..Switches::default() }).await;
    let (id, _) = console.project().await;
    let operations = json!([
        {"op": "add", "path": "/services/identity/config/session/lifespan", "value": "1h"},
        {"op": "add", "path": "/services/oauth2/config/ttl/id_token", "value": "1h"},
        {"op": "add", "path": "/services/oauth2/config/ttl/access_token", "value": "1h"},
    ]);
    assert_eq!(console.patch(&id, operations, 200).await["warnings"], json!([]));
    let columns = console.columns(&id).await;
    assert_eq!((&columns["kratos_session_lifespan"], &columns["hydra_ttl_id_token"]), (&json!("24h0m0s"), &json!("30m0s")));
    assert_eq!(columns["hydra_ttl_access_token"], "1h0m0s");
}

#[tokio::test]
async fn a_new_key_works_after_a_delay() {
    let console = Console::with(Options { window: Place::Port(0), ..Options::default() }).await;
    let (id, project) = console.project().await;
    let slug = project["slug"].as_str().unwrap();
    switch(&console, json!({"key_delay": 60_000})).await;
    let (_, key) = console.ask(Some(KEY), "POST", &format!("/projects/{id}/tokens"), json!({"name": "ci"})).await;
    let clients = format!("/p/{slug}/admin/clients");
    assert_eq!(console.ask(key["value"].as_str(), "GET", &clients, Value::Null).await.0, 401);
    switch(&console, json!({"key_delay": 0})).await;
    assert_eq!(console.ask(key["value"].as_str(), "GET", &clients, Value::Null).await.0, 200);
}

/// Works the window's switches.
async fn switch(console: &Console, what: Value) -> Value {
    let url = console.server.window_url().unwrap();
    let url = url.trim_end_matches('/');
    let request = console.http.post(format!("{url}/api/switch")).header("origin", url).json(&what);
    request.send().await.unwrap().json().await.unwrap()
}

async fn state(console: &Console) -> Value {
    console.http.get(format!("{}api/state", console.server.window_url().unwrap())).send().await.unwrap().json().await.unwrap()
}

#[tokio::test]
async fn the_window_switches_faults() {
    let console = Console::with(Options { window: Place::Port(0), ..Options::default() }).await;
    let (id, _) = console.project().await;
    let on = switch(&console, json!({"gated": true, "quota": true, "stale_reads": 1})).await["faults"].clone();
    assert_eq!((&on["gated"], &on["quota"], &on["stale_reads"], &on["key_delay"]), (&json!(true), &json!(true), &json!(1), &json!(0)));
    console.patch(&id, set("/services/account_experience/config/hide_ory_branding", json!(true)), 403).await;
    assert_eq!(console.ask(Some(KEY), "POST", "/projects", json!({"name": "b", "environment": "dev"})).await.0, 402);
    switch(&console, json!({"gated": false, "quota": false, "stale_reads": 0})).await;
    console.patch(&id, set("/services/account_experience/config/hide_ory_branding", json!(true)), 200).await;
    console.project().await;
}

#[tokio::test]
async fn the_window_tells_what_changed_in_a_document_and_no_secret() {
    let console = Console::with(Options { window: Place::Port(0), ..Options::default() }).await;
    let (id, project) = console.project().await;
    console.patch(&id, set("/services/identity/config/session/lifespan", json!("2h")), 200).await;
    for secret in ["smtp://ann:canary-one@mail.example/", "smtp://ann:canary-two@mail.example/"] {
        console.patch(&id, set("/services/identity/config/courier/smtp/connection_uri", json!(secret)), 200).await;
    }
    let provider = json!([{"id": "g", "provider": "generic", "client_id": "c", "client_secret": "canary-three"}]);
    console.patch(&id, set("/services/identity/config/selfservice/methods/oidc/config/providers", provider), 200).await;
    let hook = json!([{"hook": "web_hook", "config": {"url": "https://a.example", "method": "POST", "auth": {"type": "api_key", "config": {"name": "X", "value": "canary-four", "in": "header"}}}}]);
    console.patch(&id, set("/services/identity/config/selfservice/flows/login/after/password/hooks", hook), 200).await;
    console.patch(&id, set("/services/oauth2/config/secrets/system", json!(["canary-five"])), 200).await;
    let state = state(&console).await;
    assert!(!state.to_string().contains("canary"), "{state:#}");
    let events = state["events"].as_array().unwrap();
    let changes: Vec<&Value> = events.iter().filter(|event| event["type"] == "change" && event["kind"] == "project").collect();
    assert_eq!(changes.len(), 7);
    let at = |event: &Value, when: &str, path: &str| event[when].pointer(path).cloned().unwrap_or_default();
    let lifespan = "/services/identity/config/session/lifespan";
    assert_eq!([at(changes[1], "before", lifespan), at(changes[1], "after", lifespan)], [json!("24h0m0s"), json!("2h0m0s")]);
    // That a secret is another one is seen, and the secret is not.
    let uri = "/services/identity/config/courier/smtp/connection_uri";
    let [one, other] = ["before", "after"].map(|when| at(changes[3], when, uri).as_str().unwrap().to_owned());
    assert!(one.starts_with("••••••") && other.starts_with("••••••") && one != other, "{one} {other}");
    for (event, path) in [
        (changes[4], "/services/identity/config/selfservice/methods/oidc/config/providers/0/client_secret"),
        (changes[5], "/services/identity/config/selfservice/flows/login/after/password/hooks/0/config/auth/config/value"),
        (changes[6], "/services/oauth2/config/secrets/system/0"),
    ] {
        assert!(at(event, "after", path).as_str().unwrap().starts_with("••••••"), "{path}");
    }
    // What is no secret is not hidden for its name.
    assert_eq!(at(changes[6], "after", "/services/identity/config/selfservice/methods/password/enabled"), json!(true));
    assert_eq!(at(changes[6], "after", "/services/oauth2/config/ttl/access_token"), json!("30m0s"));

    // What is done inside a project is seen, too.
    let (_, key) = console.ask(Some(KEY), "POST", &format!("/projects/{id}/tokens"), json!({"name": "ci"})).await;
    let clients = format!("/p/{}/admin/clients", project["slug"].as_str().unwrap());
    let (_, client) = console.ask(key["value"].as_str(), "POST", &clients, json!({"client_name": "inside"})).await;
    let state = self::state(&console).await;
    let events = state["events"].as_array().unwrap();
    let made = events.iter().find(|event| event["type"] == "change" && event["kind"] == "client").unwrap();
    assert_eq!((&made["id"], &made["after"]["client_name"]), (&client["client_id"], &json!("inside")));
    let asked = events.last().unwrap();
    assert_eq!((&asked["kind"], &asked["path"], &asked["bucket"]), (&json!("client"), &json!(clients), &json!("hydra-admin-low")));
    assert_eq!(state["status"]["objects"]["client"], 1);
    assert!(!state.to_string().contains(key["value"].as_str().unwrap()));
}

#[tokio::test]
async fn projects_survive_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let options = || Options { data: Some(folder.path().join("ory.db")), ..Options::default() };
    let console = Console::with(options()).await;
    let (id, project) = console.project().await;
    let clients = format!("/p/{}/admin/clients", project["slug"].as_str().unwrap());
    let (_, key) = console.ask(Some(KEY), "POST", &format!("/projects/{id}/tokens"), json!({"name": "ci"})).await;
    console.ask(key["value"].as_str(), "POST", &clients, json!({"client_id": "kept"})).await;
    console.patch(&id, set("/services/oauth2/config/ttl/id_token", json!("7m")), 200).await;
    console.server.stop().await;
    let console = Console::with(options()).await;
    assert_eq!(console.columns(&id).await["hydra_ttl_id_token"], "7m0s");
    assert_eq!(console.ask(key["value"].as_str(), "GET", &clients, Value::Null).await.1[0]["client_id"], "kept");
    tokio::time::timeout(Duration::from_secs(60), console.server.stop()).await.unwrap();
}

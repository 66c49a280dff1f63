//! Parts of a project, an organization or a workspace in the emulator's console: streams, links, domains, members, keys.
//! Expected values come by hand from Ory's own description of the API (client-go v1.22.92); what it does not say is an assumption,
//! which the console's own files name.

use super::console::{Console, KEY};
use janiform::emulator::{Options, switches::Switches};
use serde_json::{Value, json};

async fn console(switches: Switches) -> Console {
    Console::with(Options { console: switches, ..Options::default() }).await
}

impl Console {
    /// The answer to a request that has to have this status.
    async fn told(&self, method: &str, path: &str, body: Value, wanted: u16) -> Value {
        let (status, answer) = self.ask(Some(KEY), method, path, body.clone()).await;
        assert_eq!(status, wanted, "{method} {path} {body}: {answer}");
        answer
    }
}

#[tokio::test]
async fn a_stream_shows_no_secret_and_refuses_masked_values() {
    let console = console(Switches::default()).await;
    let (id, _) = console.project().await;
    let path = format!("/projects/{id}/eventstreams");
    for (body, why) in [
        (json!({}), "type"),
        (json!({ "type": "sqs" }), "type"),
        (json!({ "type": "sns", "topic_arn": "arn" }), "role_arn"),
        (json!({ "type": "https" }), "https_endpoint"),
        (json!({ "type": "https", "https_endpoint": "http://a.example" }), "https_endpoint"),
        (json!({ "type": "https", "https_endpoint": "https://a.example", "https_auth_type": "bearer" }), "https_auth_secret"),
        (
            json!({ "type": "https", "https_endpoint": "https://a.example", "https_auth_type": "api_key", "https_auth_secret": "s" }),
            "https_auth_header_name",
        ),
        (
            json!({ "type": "https", "https_endpoint": "https://a.example", "https_auth_type": "bearer", "https_auth_secret": "s".repeat(4097) }),
            "4096",
        ),
    ] {
        let refused = console.told("POST", &path, body, 400).await;
        assert!(refused.to_string().contains(why), "{why}: {refused}");
    }
    let body = json!({
        "type": "https", "https_endpoint": "https://ann:pass@a.example/x?token=abc&a=1", "https_auth_type": "api_key",
        "https_auth_header_name": "X-Key", "https_auth_secret": "s3cret", "event_types": ["b", "a"],
    });
    let made = console.told("POST", &path, body, 201).await;
    let text = made.to_string();
    assert!(!text.contains("pass") && !text.contains("abc") && !text.contains("s3cret") && text.contains("X-Key"), "{made}");
    assert_eq!(
        (&made["status"], &made["event_types"], &made["http_protocol_major_version"]),
        (&json!("active"), &json!(["a", "b"]), &json!(2))
    );
    assert_eq!(console.get(&path).await["event_streams"], json!([made]));

    let at = format!("{path}/{}", made["id"].as_str().unwrap());
    for body in [
        json!({ "https_endpoint": made["https_endpoint"] }),
        json!({ "https_auth_secret": made["https_auth_secret"] }),
        // Another endpoint or scheme goes with a secret.
        json!({ "https_endpoint": "https://b.example" }),
        json!({ "https_auth_type": "bearer" }),
    ] {
        console.told("PUT", &at, body, 400).await;
    }
    let paused = console.told("PUT", &at, json!({ "status": "paused" }), 200).await;
    assert_eq!(
        (&paused["status"], &paused["http_protocol_major_version"], &paused["https_endpoint"]),
        (&json!("paused"), &Value::Null, &made["https_endpoint"])
    );
    let open = console.told("PUT", &at, json!({ "https_auth_type": "none", "event_types": [] }), 200).await;
    assert_eq!((open.get("https_auth_secret"), open.get("https_auth_header_name"), &open["event_types"]), (None, None, &json!([])));
    console.told("DELETE", &at, Value::Null, 204).await;
    console.told("DELETE", &at, Value::Null, 404).await;
    assert_eq!(console.get(&path).await["event_streams"], json!([]));
}

#[tokio::test]
async fn links_are_listed_with_their_values_and_end_with_their_organization() {
    let console = console(Switches::default()).await;
    let (id, _) = console.project_of(json!({ "name": "Acme", "environment": "stage" })).await;
    let acme = console.told("POST", &format!("/projects/{id}/organizations"), json!({ "label": "Acme" }), 201).await;
    let at = format!("/projects/{id}/organizations/{}", acme["id"].as_str().unwrap());
    let path = format!("{at}/onboarding-portal-links");
    console.told("POST", &path, json!({ "enable_sso": true }), 400).await;
    console.told("POST", &path, json!({ "enable_sso": true, "enable_scim": true, "expires_at": "2001-01-01T00:00:00Z" }), 400).await;
    let made =
        console.told("POST", &path, json!({ "enable_sso": true, "enable_scim": true, "saml_mapper_url": "base64://e30=" }), 201).await;
    assert!(
        made["value"].is_string() && made["expires_at"].is_string() && made["saml_mapper_url"].as_str().unwrap().starts_with("https://")
    );
    assert_eq!(console.get(&path).await["links"], json!([made]));
    let link = format!("{path}/{}", made["id"].as_str().unwrap());
    let changed = console.told("POST", &link, json!({ "enable_sso": false, "enable_scim": true }), 200).await;
    assert_eq!((&changed["enable_sso"], &changed["value"], &changed["expires_at"]), (&json!(false), &made["value"], &made["expires_at"]));
    console.told("DELETE", &at, Value::Null, 204).await;
    console.told("GET", &path, Value::Null, 404).await;
}

#[tokio::test]
async fn a_domain_is_verified_after_the_configured_number_of_reads() {
    let console = console(Switches { unverified_looks: 1, ..Switches::default() }).await;
    let (id, _) = console.project().await;
    let path = format!("/projects/{id}/cname");
    for body in [
        json!({}),
        json!({ "hostname": "a.example.com", "cookie_domain": "example.org" }),
        json!({ "hostname": "a.example.com", "cors_allowed_origins": ["https://*.example.com"] }),
        json!({ "hostname": "a.example.com", "cors_allowed_origins": ["http://localhost:3000"] }),
        json!({ "hostname": "a.example.com", "cors_allowed_origins": ["null"] }),
    ] {
        console.told("POST", &path, body, 400).await;
    }
    let made = console.told("POST", &path, json!({ "hostname": "a.example.com", "cookie_domain": "example.com" }), 201).await;
    assert_eq!((&made["verification_status"], made.get("ssl_status")), (&json!("pending"), None));
    console.told("POST", &path, json!({ "hostname": "a.example.com" }), 409).await;
    let mut seen = Vec::new();
    for _ in 0..2 {
        let domain = &console.get(&path).await[0];
        seen.push((
            domain["verification_status"].clone(),
            domain["ssl_status"].clone(),
            domain["verification_errors"].as_array().unwrap().len(),
        ));
    }
    assert_eq!(seen, [(json!("pending"), json!("initializing"), 1), (json!("active"), json!("active"), 0)]);
    let at = format!("{path}/{}", made["id"].as_str().unwrap());
    let changed = console.told("PUT", &at, json!({ "hostname": "b.example.com", "cookie_domain": "" }), 200).await;
    assert_eq!((&changed["verification_status"], &changed["cookie_domain"]), (&json!("pending"), &json!("")));
    console.told("DELETE", &at, Value::Null, 204).await;
    assert_eq!(console.get(&path).await, json!([]));
}

#[tokio::test]
async fn features_outside_the_plan_are_refused_and_a_key_is_no_person() {
    let without = ["event_streams", "onboarding_portal", "custom_domains"].into();
    let console = console(Switches { without, mere_keys: true, ..Switches::default() }).await;
    let (id, project) = console.project_of(json!({ "name": "Acme", "environment": "stage" })).await;
    let acme = console.told("POST", &format!("/projects/{id}/organizations"), json!({ "label": "Acme" }), 201).await;
    let links = format!("/projects/{id}/organizations/{}/onboarding-portal-links", acme["id"].as_str().unwrap());
    for (path, body, feature) in [
        (format!("/projects/{id}/eventstreams"), json!({ "type": "sns", "topic_arn": "t", "role_arn": "r" }), "event_streams"),
        (format!("/projects/{id}/cname"), json!({ "hostname": "a.example.com" }), "custom_domains"),
        (links, json!({ "enable_sso": true, "enable_scim": true }), "onboarding_portal"),
    ] {
        let refused = console.told("POST", &path, body, 403).await;
        assert_eq!(refused["error"]["details"]["feature"], feature, "{refused}");
    }
    let tokens = format!("/workspaces/{}/tokens", project["workspace_id"].as_str().unwrap());
    console.told("GET", &tokens, Value::Null, 403).await;
    console.told("POST", "/workspaces", json!({ "name": "other" }), 403).await;
    let person = Some("ory_st_person");
    let (status, made) = console.ask(person, "POST", &tokens, json!({ "name": "ci" })).await;
    assert!(status == 201 && made["value"].as_str().unwrap().starts_with("ory_wak_"), "{made}");
    let (_, listed) = console.ask(person, "GET", &tokens, Value::Null).await;
    assert_eq!((&listed[0]["id"], listed[0].get("value")), (&made["id"], None));
    let at = format!("{tokens}/{}", made["id"].as_str().unwrap());
    assert_eq!(console.ask(person, "DELETE", &at, Value::Null).await.0, 204);
}

#[tokio::test]
async fn a_project_has_the_member_who_made_it() {
    let console = console(Switches::default()).await;
    let (id, project) = console.project().await;
    let members = console.get(&format!("/projects/{id}/members")).await;
    assert_eq!((members.as_array().unwrap().len(), &members[0]["role"]), (1, &json!("owner")));
    assert_eq!(console.get(&format!("/projects/{}/members", project["slug"].as_str().unwrap())).await, members);
    let at = format!("/projects/{id}/members/{}", members[0]["id"].as_str().unwrap());
    console.told("DELETE", &at, Value::Null, 204).await;
    assert!(console.told("DELETE", &at, Value::Null, 404).await["message"].is_string());
}
